import type { Settings } from '#settings';
import { joinEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import type { DatabaseAt } from './persistence.js';
import { connectionsWanted } from './processes/connections.js';

/** A database of the operator's changes only where it is asked for. */
export const careFor = ({ eventStore, dbAutoCreate }: Settings): DatabaseAt['care'] => (eventStore.kind === 'embedded' ? 'ours' : dbAutoCreate ? 'create' : 'check');

/** Whether BullMQ may make its tables: where its database is ours, or it was asked for. */
export const createsJobTables = ({ dbAutoCreate, eventStore, jobs }: Settings): boolean => dbAutoCreate || (jobs.url === undefined && eventStore.kind === 'embedded');

/** The PostgreSQL that the settings name, started by us or not; none with events in memory. */
export class DatabaseServer {
  private postgres: EmbeddedPostgres | undefined;

  /** Calls `ended` when a server that we started ends. */
  async start(settings: Settings, tell: (text: string) => void, ended: () => void): Promise<DatabaseAt | undefined> {
    const { eventStore, stateDir, workers } = settings;
    if (eventStore.kind === 'embedded') {
      this.postgres = await startEmbeddedPostgres({ stateDir, maxConnections: connectionsWanted(workers), tell });
      void this.postgres.ended.then(ended);
    }
    const url = this.postgres?.url ?? eventStore.url;
    return url === undefined ? undefined : { url, care: careFor(settings) };
  }

  /** For a command beside a server, or where none runs: a PostgreSQL of the state folder is used as it runs, or started for as long as the command takes. */
  async join(settings: Settings): Promise<DatabaseAt> {
    const { eventStore, stateDir, workers } = settings;
    if (eventStore.kind === 'memory') throw new Error('the events are kept in memory ([event_store] url = memory:): only the server itself can reach them');
    if (eventStore.kind === 'embedded') this.postgres = await joinEmbeddedPostgres({ stateDir, maxConnections: connectionsWanted(workers) });
    return { url: this.postgres?.url ?? eventStore.url ?? '', care: careFor(settings) };
  }

  async stop(): Promise<void> {
    await this.postgres?.stop();
  }

  kill(): void {
    this.postgres?.kill();
  }
}
