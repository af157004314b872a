import type { Settings } from '#settings';
import { joinEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import type { DatabaseAt } from './persistence.js';
import { connectionsWanted } from './processes/connections.js';

/** The PostgreSQL that the settings name, started by us or not; none with events in memory. */
export class DatabaseServer {
  private postgres: EmbeddedPostgres | undefined;

  /** Calls `ended` when a server that we started ends. */
  async start({ eventStore, stateDir, workers }: Settings, tell: (text: string) => void, ended: () => void): Promise<DatabaseAt | undefined> {
    if (eventStore.kind === 'embedded') {
      this.postgres = await startEmbeddedPostgres({ stateDir, maxConnections: connectionsWanted(workers), tell });
      void this.postgres.ended.then(ended);
    }
    const url = this.postgres?.url ?? eventStore.url;
    return url === undefined ? undefined : { url };
  }

  /** For a command beside a server, or where none runs: a PostgreSQL of the state folder is used as it runs, or started for as long as the command takes. */
  async join({ eventStore, stateDir, workers }: Settings): Promise<DatabaseAt> {
    if (eventStore.kind === 'memory') throw new Error('the events are kept in memory ([event_store] url = memory:): only the server itself can reach them');
    if (eventStore.kind === 'embedded') this.postgres = await joinEmbeddedPostgres({ stateDir, maxConnections: connectionsWanted(workers) });
    return { url: this.postgres?.url ?? eventStore.url ?? '' };
  }

  async stop(): Promise<void> {
    await this.postgres?.stop();
  }

  kill(): void {
    this.postgres?.kill();
  }
}
