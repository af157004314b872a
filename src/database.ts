import type { Settings } from '#settings';
import { joinEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import type { EventsAt } from './events-apart.js';
import type { DatabaseAt } from './persistence.js';
import { connectionsWanted } from './processes/connections.js';

/** A database of the operator's changes only where it is asked for. */
export const careFor = ({ readModel, dbAutoCreate }: Settings): DatabaseAt['care'] => (readModel.kind === 'embedded' ? 'ours' : dbAutoCreate ? 'create' : 'check');

/** Where what is read is a module's. */
const driverOf = ({ readModelModule: at, stateDir }: Settings): Pick<DatabaseAt, 'driver'> => (at ? { driver: { at, stateDir } } : {});

/** Undefined: the events are where everything else is. */
function eventsApart({ eventStore, readModel, dbAutoCreate }: Settings): EventsAt | undefined {
  const { kind, url } = eventStore;
  if ((kind !== 'kurrent' && kind !== 'postgres') || url === undefined || url === readModel.url) return undefined;
  return { kind, url, care: dbAutoCreate ? 'create' : 'check' };
}

/** Whether BullMQ may make its tables: where its database is ours, or it was asked for. */
export const createsJobTables = ({ dbAutoCreate, readModel, jobs }: Settings): boolean => dbAutoCreate || (jobs.url === undefined && readModel.kind === 'embedded');

/** The PostgreSQL that the settings name, started by us or not; none with events in memory. */
export class DatabaseServer {
  private postgres: EmbeddedPostgres | undefined;

  /** Calls `ended` when a server that we started ends. */
  async start(settings: Settings, tell: (text: string) => void, ended: () => void): Promise<DatabaseAt | undefined> {
    const { readModel, stateDir, workers } = settings;
    if (readModel.kind === 'embedded') {
      this.postgres = await startEmbeddedPostgres({ stateDir, maxConnections: connectionsWanted(workers), tell });
      void this.postgres.ended.then(ended);
    }
    const url = this.postgres?.url ?? readModel.url;
    return url === undefined ? undefined : { url, care: careFor(settings), events: eventsApart(settings), ...driverOf(settings) };
  }

  /** For a command beside a server, or where none runs: a PostgreSQL of the state folder is used as it runs, or started for as long as the command takes. */
  async join(settings: Settings): Promise<DatabaseAt> {
    const { readModel, stateDir, workers } = settings;
    if (readModel.kind === 'memory') throw new Error('the events are kept in memory ([event_store] url = memory:): only the server itself can reach them');
    if (readModel.kind === 'embedded') this.postgres = await joinEmbeddedPostgres({ stateDir, maxConnections: connectionsWanted(workers) });
    return { url: this.postgres?.url ?? readModel.url ?? '', care: careFor(settings), events: eventsApart(settings), ...driverOf(settings) };
  }

  async stop(): Promise<void> {
    await this.postgres?.stop();
  }

  kill(): void {
    this.postgres?.kill();
  }
}
