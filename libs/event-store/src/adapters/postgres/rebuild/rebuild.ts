import type { Pool, PoolClient } from 'pg';
import type { Deciders } from '../../../deciders.js';
import { RebuildRunning } from '../../../event-store.errors.js';
import type { EventStore } from '../../../event-store.js';
import { logUpTo } from '../../../following/log-up-to.js';
import { Projector } from '../../../projector/projector.js';
import { SCHEMA } from '../migrate.js';
import { createPostgresProjectionTarget } from '../postgres.projection-target.js';
import { differences, type Difference } from './differences.js';
import { inQuietMoment, type QuietMoment } from './quiet-moment.js';
import { tablesOf, type ReadModel } from './read-model.js';
import { createScratch, dropScratch, indexScratch, REPLACED, SCRATCH } from './scratch-copy.js';

/** "rebuild" as a number; one holder for a database. */
const REBUILD_LOCK = 0x72656275696c64n;
const POLL_MS = 10;
const CHECKPOINT = 'rebuild';
/** Events of the log in a transaction: of an image's first events most come together. */
const PAGE = 5_000;
/** Events that writers can wait for. */
const SOME = 200n;
/** For all locks together, below the second after which PostgreSQL looks for deadlocks: this side gives up, never a request. */
const SWAP_MS = 800;

export interface RebuildOptions {
  readonly pool: Pool;
  readonly store: Pick<EventStore, 'readLog' | 'readStream' | 'head'>;
  readonly deciders: Deciders;
  readonly models: readonly ReadModel[];
  /** Of the checkpoint with which the read models follow the log; absent: they are written with each append to this database. */
  readonly following?: string;
  readonly signal?: AbortSignal;
  readonly progress?: (what: string, share: number) => void;
}

export interface Rebuilt {
  /** Position of the log up to which everything was replayed. */
  readonly position: bigint;
}

/** Replays the log into new tables while the old ones are read and written, and puts them in their place at once. */
export function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { pool, models, following, progress } = options;
  return withReplay(options, async (replay) => {
    progress?.('making the indexes', 1);
    await indexScratch(pool, models);
    await replay.catchUp();
    const position = await inQuietMoment(replay.moment, async (client) => {
      await swap(client, models);
      const at = await replay.position();
      if (following !== undefined) await client.query(`UPDATE ${SCHEMA}.follower SET position = $2 WHERE name = $1`, [following, at]);
      return at;
    });
    return { position };
  });
}

/** Replays the log into new tables and tells where the live ones are not the same at one moment; nothing is changed. */
export function verifyReadModels(options: RebuildOptions, tell: (difference: Difference) => void): Promise<Rebuilt> {
  const { pool, models, progress, store, following } = options;
  const shown = following === undefined ? store : { ...logUpTo(store, () => placeOf(pool, following)), readStream: store.readStream.bind(store) };
  return withReplay({ ...options, store: shown }, async (replay) => {
    const reader = await pool.connect();
    try {
      const position = await inQuietMoment(replay.moment, async () => {
        await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
        await reader.query('SELECT 1');
        return replay.position();
      });
      progress?.('comparing', 1);
      for (const table of tablesOf(models)) await differences(reader, table, tell);
      return { position };
    } finally {
      reader.release(true);
    }
  });
}

/** Where read models that follow the log stand: they are compared with the log up to there. */
async function placeOf(pool: Pool, following: string): Promise<bigint> {
  const { rows } = await pool.query<{ position: string }>(`SELECT position FROM ${SCHEMA}.follower WHERE name = $1`, [following]);
  return BigInt(rows[0]?.position ?? 0);
}

interface Replay {
  catchUp(): Promise<void>;
  position(): Promise<bigint>;
  readonly moment: QuietMoment;
}

async function withReplay<T>(options: RebuildOptions, work: (replay: Replay) => Promise<T>): Promise<T> {
  const { pool, models } = options;
  const lock = await pool.connect();
  try {
    const { rows: [got] } = await lock.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${REBUILD_LOCK}) AS locked`);
    if (got?.locked !== true) throw new RebuildRunning();
    await createScratch(pool, models);
    try {
      return await work(await replayed(options));
    } finally {
      await dropScratch(pool);
    }
  } finally {
    // The connection ends a little later, and whoever comes next need not wait for that.
    await lock.query(`SELECT pg_advisory_unlock(${REBUILD_LOCK})`).catch(() => undefined);
    lock.release(true);
  }
}

async function replayed({ pool, store, deciders, models, following, signal, progress }: RebuildOptions): Promise<Replay> {
  const target = createPostgresProjectionTarget({ pool, schema: SCRATCH, durable: false, rewrite: (text) => text.replaceAll(`${SCHEMA}.`, `${SCRATCH}.`) });
  const projections = models.flatMap((model) => model.projections);
  const projector = new Projector({ store, deciders, projections, target, name: CHECKPOINT, page: PAGE });
  const toEnd = async (until?: AbortSignal): Promise<bigint> => {
    const head = Number(await store.head());
    return projector.catchUp({ signal: until ?? signal, progress: (at) => progress?.('replaying the log', Number(at) / Math.max(head, 1)) });
  };
  // What came meanwhile is less each time: at the end little is left for the moment in which writers wait.
  const catchUp = async (): Promise<void> => {
    for (let before = await toEnd(), at = await toEnd(); at - before > SOME; ) [before, at] = [at, await toEnd()];
  };
  const moment: QuietMoment = {
    pool, following, signal,
    async catchUp(until) {
      if (following === undefined) await settled(pool, until);
      await toEnd(until);
    },
  };
  await catchUp();
  return { catchUp, moment, position: async () => (await target.checkpoint(CHECKPOINT)) ?? 0n };
}

/** Appends wait, so what is pending comes to the log, and then the log has all. */
async function settled(pool: Pool, until: AbortSignal): Promise<void> {
  while ((await pool.query('SELECT FROM afterimage.event_pending LIMIT 1')).rowCount !== 0) {
    until.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Statements that running servers have prepared find the new tables under the old names. */
async function swap(client: PoolClient, models: readonly ReadModel[]): Promise<void> {
  const names = tablesOf(models).map(({ name }) => name);
  await client.query(`SET LOCAL statement_timeout = ${SWAP_MS}`);
  await client.query(`LOCK TABLE ${names.map((name) => `${SCHEMA}.${name}, ${SCRATCH}.${name}`).join(', ')} IN ACCESS EXCLUSIVE MODE`);
  await client.query(`CREATE SCHEMA ${REPLACED}`);
  for (const name of names) await client.query(`ALTER TABLE ${SCHEMA}.${name} SET SCHEMA ${REPLACED}; ALTER TABLE ${SCRATCH}.${name} SET SCHEMA ${SCHEMA}`);
}
