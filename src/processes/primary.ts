import { Logger } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '#settings';
import { changedOptions } from '../changed-options.js';
import type { DatabaseAt } from '../persistence.js';
import type { Service } from '../service.js';
import { connectionsAvailable, connectionsOfWorker, connectionsWanted } from './connections.js';
import { Family } from './family.js';
import { Listener } from './listener.js';

/** A child that has not ended by itself so long after its grace is killed: PostgreSQL still has to stop within the ten seconds. */
const CLEANING_UP_MS = 2_000;

/** `workers = N`: leads N HTTP workers and a background process, and has the port that they serve. */
export class Primary implements Service {
  private readonly logger = new Logger('Processes');
  private readonly family: Family;
  private listener: Listener | undefined;
  private database: DatabaseAt = { url: '', care: 'check' };
  private available: number | undefined;
  private tls = false;

  constructor(private settings: Settings) {
    this.family = new Family({ settings, database: this.database });
  }

  async start(database: Promise<DatabaseAt | undefined>): Promise<string> {
    const { tls } = await this.family.start(this.databaseFor(database));
    this.listener = await this.listen(this.settings);
    this.tls = tls;
    return this.listener.address(tls);
  }

  async reload(wanted: Settings): Promise<void> {
    const settings = this.keeping(wanted);
    const changed = changedOptions(this.settings.values, wanted.values);
    const moved = this.listener?.isAt(settings.listener) ? undefined : await this.listen(settings);
    try {
      await this.family.renew({ settings, database: this.sized(settings) });
    } catch (error) {
      moved?.close();
      throw error;
    }
    if (moved) this.listener?.close();
    this.listener = moved ?? this.listener;
    this.settings = settings;
    this.logger.log(`${settings.workers} new workers serve ${this.listener?.address(this.tls)}${changed.length === 0 ? '' : `; changed: ${changed.join(', ')}`}`);
  }

  async stop(graceMs: number): Promise<void> {
    this.listener?.close();
    const killing = setTimeout(() => this.family.kill(), graceMs + CLEANING_UP_MS);
    await this.family.stop(graceMs);
    clearTimeout(killing);
  }

  kill(): void {
    this.family.kill();
  }

  private listen({ listener }: Settings): Promise<Listener> {
    return Listener.open(listener, (socket) => this.family.dispatcher.take(socket));
  }

  private async databaseFor(starting: Promise<DatabaseAt | undefined>): Promise<DatabaseAt> {
    const database = await starting;
    if (!database) throw new TypeError('several processes cannot have their events in memory');
    this.database = database;
    // Where it cannot be asked, the background process says why.
    this.available = await connectionsAvailable(database.url).catch(() => undefined);
    return this.sized(this.settings);
  }

  /** With as many connections for each worker as the server has. */
  private sized({ workers }: Settings): DatabaseAt {
    if (this.available === undefined) return this.database;
    const connections = connectionsOfWorker(this.available, workers);
    if (connections < connectionsOfWorker(Infinity, workers)) {
      this.logger.warn(`PostgreSQL has ${this.available} connections: each of ${workers} workers takes ${connections}; with max_connections = ${connectionsWanted(workers)} they would have all they can use`);
    }
    return { ...this.database, connections };
  }

  /** What cannot change under processes that are running stays as it is, and is told. */
  private keeping(wanted: Settings): Settings {
    const { site, stateDir, eventStore, readModel, workers, listener } = this.settings;
    const fixed = { site, stateDir, eventStore, readModel, ...(wanted.workers === 0 ? { workers } : {}) };
    const same = this.listener?.isAt(wanted.listener) ? { backlog: listener.backlog, tcpKeepIdle: listener.tcpKeepIdle } : {};
    const kept: Settings = { ...wanted, ...fixed, listener: { ...wanted.listener, ...same } };
    const names = (Object.keys(fixed) as (keyof Settings)[]).filter((name) => !isDeepStrictEqual(kept[name], wanted[name]));
    if (!isDeepStrictEqual(kept.listener, wanted.listener)) names.push('listener');
    if (names.length > 0) this.logger.warn(`only a restart changes these, they stay as they are: ${names.map((name) => TOLD[name] ?? name).join(', ')}`);
    return kept;
  }
}

const TOLD: Readonly<Partial<Record<keyof Settings, string>>> = {
  site: '[site] name',
  stateDir: '[DEFAULT] state_dir',
  eventStore: 'the database of events',
  readModel: 'the database of the read model',
  workers: '[DEFAULT] workers = 0',
  listener: '[DEFAULT] backlog and tcp_keepidle of an address that stays',
};
