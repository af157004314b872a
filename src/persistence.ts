import {
  createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, createPool, createPostgresCheckpoints, createPostgresClaims,
  createPostgresEventStore, EVENT_STORE_MIGRATIONS, migrate, type Checkpoints, type Claims, type EventStore, type InlineProjection,
} from '#event-store';
import {
  IMAGE_MIGRATIONS, memoryImageProjection, MemoryImageList, MemoryUsage, memoryUsageProjection, PostgresImageList, postgresImageProjection,
  PostgresUsage, postgresUsageProjection, USAGE_MIGRATIONS, type ImageList, type Usage,
} from '#images';
import {
  MemoryMetadefCatalog, memoryMetadefsProjection, METADEFS_MIGRATIONS, PostgresMetadefCatalog, postgresMetadefsProjection, type MetadefCatalog,
} from '#metadefs';

/** Where events, process state and read models are kept: all of one kind. */
export interface Persistence {
  readonly store: EventStore;
  readonly claims: Claims;
  readonly checkpoints: Checkpoints;
  readonly images: ImageList;
  readonly usage: Usage;
  readonly metadefs: MetadefCatalog;
  readonly projections: readonly InlineProjection<unknown, unknown>[];
  close(): Promise<void>;
}

export function memoryPersistence(): Persistence {
  const images = new MemoryImageList();
  const usage = new MemoryUsage();
  const metadefs = new MemoryMetadefCatalog();
  const store = createMemoryEventStore();
  return {
    store, images, usage, metadefs,
    claims: createMemoryClaims(),
    checkpoints: createMemoryCheckpoints(),
    projections: [memoryImageProjection(images), memoryUsageProjection(usage), memoryMetadefsProjection(metadefs)] as InlineProjection<unknown, unknown>[],
    close: () => store.close(),
  };
}

/** Brings the schema up to date first. */
export async function postgresPersistence(connectionString: string): Promise<Persistence> {
  const pool = createPool({ connectionString });
  await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS, ...USAGE_MIGRATIONS, ...METADEFS_MIGRATIONS });
  const store = createPostgresEventStore({ pool });
  return {
    store,
    images: new PostgresImageList(pool),
    usage: new PostgresUsage(pool),
    metadefs: new PostgresMetadefCatalog(pool),
    claims: createPostgresClaims({ pool }),
    checkpoints: createPostgresCheckpoints({ pool }),
    projections: [postgresImageProjection, postgresUsageProjection, postgresMetadefsProjection] as InlineProjection<unknown, unknown>[],
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}
