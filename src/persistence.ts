import type { Pool } from 'pg';
import type { ReadModelModuleAt } from '#settings';
import {
  createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, createPool, createPostgresCheckpoints, createPostgresClaims,
  contractedIn, createPostgresEventStore, createPostgresProjectionTarget, EVENT_STORE_MIGRATIONS, prepareSchema, type Checkpoints, type Claims, type EventStore, type InlineProjection, type Migrations, type ProjectionTarget, type SchemaCare, type SqlWrite,
} from '#event-store';
import { openEvents, type EventsAt, type OpenEvents } from './events-apart.js';
import { openDriver } from './drivers/load-driver.js';
import { memoryReadModels } from './drivers/memory-read-models.js';
import type { ReadModelDriver } from './drivers/read-model-driver.js';
import { assertSameEvents } from './read-model-origin.js';
import { MemoryCacheNodes, type CacheNodes } from '#stores';
import {
  CACHE_MIGRATIONS, PostgresCacheNodes, IMAGE_MIGRATIONS, PostgresImageList, postgresImageProjection, PostgresUsage, postgresUsageProjection, USAGE_MIGRATIONS, type ImageList, type Usage,
} from '#images';
import { postgresTaskProjections, postgresTasks, TASK_MIGRATIONS, type KeptTasks } from './task-persistence.js';
import { METADEFS_MIGRATIONS, PostgresMetadefCatalog, postgresMetadefsProjection, type MetadefCatalog } from '#metadefs';

/** Where events, process state and read models are kept. */
export interface Persistence {
  readonly store: EventStore;
  readonly claims: Claims;
  readonly checkpoints: Checkpoints;
  readonly images: ImageList;
  readonly usage: Usage;
  readonly metadefs: MetadefCatalog;
  readonly cacheNodes: CacheNodes;
  readonly tasks: KeptTasks['tasks'];
  readonly projections: readonly InlineProjection<unknown, unknown>[];
  /** With events elsewhere: the projections are not written with the appends but here, by this process where it `runs`. */
  readonly follows?: { readonly target: ProjectionTarget<unknown>; readonly runs: boolean };
  /** Whether a `.contract` migration has been; absent: nothing older ever ran here. */
  readonly contracted?: (migration: string) => Promise<boolean>;
  close(): Promise<void>;
}

export function memoryPersistence(): Persistence {
  const { images, usage, metadefs, tasks, projections } = memoryReadModels();
  const store = createMemoryEventStore();
  return {
    store, images, usage, metadefs, tasks,
    cacheNodes: new MemoryCacheNodes(),
    claims: createMemoryClaims(),
    checkpoints: createMemoryCheckpoints(),
    projections: projections as InlineProjection<unknown, unknown>[],
    close: () => store.close(),
  };
}

/** Connections of one process. */
const CONNECTIONS = { all: 16, http: 16, background: 8, command: 4 } as const;

/** What a process does of the work: `http` leaves schema and log to another process. */
export type Share = keyof typeof CONNECTIONS;

export interface DatabaseAt {
  /** Holds the password. */
  readonly url: string;
  /** Most of an HTTP worker, where the server has fewer for it than it would take. */
  readonly connections?: number;
  /** Who looks after the schema. */
  readonly care: SchemaCare;
  /** Absent: they are here too, and read models are written with them. */
  readonly events?: EventsAt;
  /** Of `data_api`: read models that are not here. */
  readonly driver?: { readonly at: ReadModelModuleAt; readonly stateDir: string };
}

/** Of all read models in PostgreSQL. */
export const POSTGRES_PROJECTIONS = [postgresImageProjection, postgresUsageProjection, postgresMetadefsProjection, ...postgresTaskProjections] as InlineProjection<unknown, SqlWrite>[];

/** Of all that is kept in PostgreSQL. */
export const MIGRATIONS: Migrations = { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS, ...USAGE_MIGRATIONS, ...METADEFS_MIGRATIONS, ...TASK_MIGRATIONS, ...CACHE_MIGRATIONS };

/** Makes or checks the schema first, as its care says, unless its share is `http`. */
export async function postgresPersistence({ url, connections, care, events, driver: of }: DatabaseAt, share: Share): Promise<Persistence> {
  const max = (share === 'http' ? connections : undefined) ?? CONNECTIONS[share];
  const pool = createPool({ connectionString: url, max });
  const prepares = share !== 'http';
  let opened: OpenEvents | undefined;
  let driver: ReadModelDriver | undefined;
  let persistence: Persistence | undefined;
  try {
    if (prepares) await prepareSchema(pool, MIGRATIONS, share === 'command' && care === 'ours' ? 'create' : care);
    opened = events && (await openEvents(events, { connections: max, sequencer: prepares, prepares, migrations: MIGRATIONS, looksForCuts: share === 'all' || share === 'background' }));
    driver = of && (await openDriver(of.at, of.stateDir));
    persistence = inPool(pool, opened, driver, prepares);
    if (prepares) await assertSameEvents({ ...persistence, target: persistence.follows?.target, module: driver !== undefined, ownEvents: () => hasEvents(pool) });
    return persistence;
  } catch (error) {
    if (persistence) await persistence.close();
    else await Promise.all([driver?.close(), opened?.close(), pool.end()]);
    throw error;
  }
}

/** What is read, in the database of everything else. */
export const postgresReadModels = (pool: Pool): Omit<ReadModelDriver, 'name' | 'close'> => ({
  images: new PostgresImageList(pool),
  usage: new PostgresUsage(pool),
  metadefs: new PostgresMetadefCatalog(pool),
  tasks: postgresTasks(pool).tasks,
  projections: POSTGRES_PROJECTIONS as InlineProjection<unknown, unknown>[],
  target: createPostgresProjectionTarget({ pool }) as ProjectionTarget<unknown>,
});

const hasEvents = async (pool: Pool): Promise<boolean> => (await pool.query('SELECT FROM afterimage.event LIMIT 1')).rowCount !== 0;

/** `leads`: moves events to the log and read models after it, where it is its turn. */
function inPool(pool: Pool, events: OpenEvents | undefined, driver: ReadModelDriver | undefined, leads: boolean): Persistence {
  const store = events?.store ?? createPostgresEventStore({ pool, sequencer: leads });
  const { images, usage, metadefs, tasks, projections, target } = driver ?? postgresReadModels(pool);
  return {
    store: store as EventStore,
    images, usage, metadefs, tasks, projections,
    ...(events ?? driver ? { follows: { target, runs: leads } } : {}),
    contracted: contractedIn(pool),
    cacheNodes: new PostgresCacheNodes(pool),
    claims: createPostgresClaims({ pool }),
    checkpoints: createPostgresCheckpoints({ pool }),
    close: async () => {
      await driver?.close();
      await (events ?? store).close();
      await pool.end();
    },
  };
}
