import { BadSetting } from './settings.errors.js';
import { redactUrls } from './redact.js';
import { redisPlace } from './redis-place.js';
import { isSimple, readModelModuleOf, type ReadModelModuleAt } from './data-api.js';
import { isKurrentUrl, kurrentUrl } from './kurrent-url.js';
import type { Database, EventDatabase, Jobs } from './settings.js';
import type { Values } from './options/index.js';

export interface Databases {
  readonly eventStore: EventDatabase;
  readonly readModel: Database;
  readonly readModelModule?: ReadModelModuleAt;
  readonly jobs: Jobs;
}

const ALLOWED = 'allowed: embedded:, memory: or postgresql://USER:PASSWORD@HOST/DATABASE';

/** The URL as pg takes it, also from SQLAlchemy's `postgresql+driver://`; undefined for another dialect. */
function postgresUrl(text: string): string | undefined {
  const scheme = /^(postgres|postgresql)(\+[a-z0-9]+)?:\/\//i.exec(text);
  if (!scheme) return undefined;
  const url = `postgresql://${text.slice(scheme[0].length)}`;
  return URL.canParse(url) || /^postgresql:\/\/[^/]*@?\//.test(url) ? url : undefined;
}

function database(group: string, text: string, allowed = ALLOWED): Database {
  if (/^embedded:?$/i.test(text)) return { kind: 'embedded' };
  if (/^memory:?$/i.test(text)) return { kind: 'memory' };
  const url = postgresUrl(text);
  if (!url) throw new BadSetting(group, 'url', redactUrls(text), allowed);
  return { kind: 'postgres', url };
}

function eventDatabase(text: string): EventDatabase {
  if (!isKurrentUrl(text)) return database('event_store', text, `${ALLOWED}, or KurrentDB: kurrentdb://HOST:PORT`);
  try {
    return { kind: 'kurrent', url: kurrentUrl(text) };
  } catch (error) {
    throw new BadSetting('event_store', 'url', redactUrls(text), error instanceof Error ? error.message : String(error));
  }
}

function glanceDatabase(values: Values, warn: (text: string) => void): Database | undefined {
  const { connection } = values.database;
  if (!connection) return undefined;
  const url = postgresUrl(connection);
  if (url) return { kind: 'postgres', url };
  const dialect = /^[a-z0-9]+/i.exec(connection)?.[0] ?? 'unknown';
  if (/^postgres/i.test(dialect)) throw new BadSetting('database', 'connection', redactUrls(connection), ALLOWED);
  warn(`[database] connection (${dialect}) is not used: only PostgreSQL can hold the data; the database in state_dir is used instead`);
  return undefined;
}

function jobsOf(url: string | undefined, eventStore: EventDatabase): Pick<Jobs, 'kind' | 'url'> {
  if (url === undefined) return eventStore.kind === 'memory' ? { kind: 'in-process' } : { kind: 'postgres' };
  if (redisPlace(url)) return { kind: 'redis', url };
  const postgres = postgresUrl(url);
  if (postgres) return { kind: 'postgres', url: postgres };
  throw new BadSetting('jobs', 'url', redactUrls(url), 'allowed: redis://HOST:PORT/DB, redis+sentinel://HOST:PORT,HOST:PORT/MASTER/DB, redis+cluster://HOST:PORT,HOST:PORT, each also with rediss for TLS, or postgresql://USER:PASSWORD@HOST/DATABASE');
}

const longJobs = ({ taskflow_executor: own }: Values): number => (own.engine_mode === 'serial' ? 1 : own.max_workers);

const same = (one: EventDatabase, other: Database) => one.kind === other.kind && one.url === other.url;

/** Read models of their own: they follow the events. */
function readModelOf(values: Values, eventStore: EventDatabase, url: string | undefined, warn: (text: string) => void): Database {
  const { kind } = eventStore;
  if (url === undefined) return kind === 'kurrent' ? (glanceDatabase(values, warn) ?? { kind: 'embedded' }) : { ...eventStore, kind };
  const readModel = database('read_model', url);
  if (same(eventStore, readModel)) return readModel;
  const wrong = readModel.kind === 'memory' ? 'read models in memory go with events in memory only'
    : kind === 'memory' ? 'events in memory have their read models in memory too'
    : kind === 'embedded' ? 'the events of the state folder have their read models beside them: set [event_store] url as well' : undefined;
  if (wrong !== undefined) throw new BadSetting('read_model', 'url', redactUrls(url), wrong);
  return readModel;
}

function eventStoreOf(values: Values, warn: (text: string) => void): EventDatabase {
  const { data_api: dataApi } = values.DEFAULT;
  const named = values.event_store.url === undefined ? undefined : eventDatabase(values.event_store.url);
  if (!isSimple(dataApi)) return named ?? glanceDatabase(values, warn) ?? { kind: 'embedded' };
  if (named && named.kind !== 'memory') throw new BadSetting('DEFAULT', 'data_api', dataApi, 'keeps everything in memory, and [event_store] url names a database: remove one of them');
  if (values.database.connection) warn(`[database] connection is not used: with data_api = ${dataApi} everything is kept in memory`);
  return { kind: 'memory' };
}

/** `[database] connection` holds everything unless `[event_store]` or `[read_model]` say otherwise. */
export function databasesOf(values: Values, warn: (text: string) => void): Databases {
  const eventStore = eventStoreOf(values, warn);
  const readModelModule = readModelModuleOf(values, warn);
  if (readModelModule && eventStore.kind === 'memory') throw new BadSetting('DEFAULT', 'data_api', readModelModule.name, 'events in memory have their read models in memory too');
  const readModel = readModelOf(values, eventStore, readModelModule ? undefined : values.read_model.url, warn);
  return { eventStore, readModel, readModelModule, jobs: { ...jobsOf(values.jobs.url, eventStore), longJobs: longJobs(values), lockSeconds: values.jobs.lock_time, board: values.jobs.board } };
}
