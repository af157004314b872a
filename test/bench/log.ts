import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, type Pool } from 'pg';
import { v7 } from 'uuid';
import {
  chainOf, createPool, createPostgresEventStore, createPostgresLogTransfer, EMPTY_STREAM, EVENT_STORE_MIGRATIONS, exportLog, GENESIS, importLog, migrate, seal, verifyLogFile,
  type EventStore, type SealedEvent,
} from '#event-store';
import { compare, wanted } from './compare.js';

export const APPENDS = 4_000;
const IN_FLIGHT = 16;
const LOG = 100_000;
const PAGE = 1_000;

const APPEND = 'append one event / bare one-statement insert';
const READ = 'read the whole log / bare select of its events';
const MOVE = 'export and import the whole log';

/** An event of the size that a creation of an image has. */
function event(stream: string): SealedEvent {
  const id = v7();
  return seal({ type: 'ImageCreated', data: { name: 'bench', owner: 'p', visibility: 'shared', diskFormat: 'raw', containerFormat: 'bare', minDisk: 0, minRam: 0, properties: { hw_disk_bus: 'scsi', os_distro: 'debian' }, tags: ['a', 'b'] } }, {
    id, stream, v: 1, at: new Date().toISOString(), hlc: '0000000000010000', site: 'bench', actor: { user: 'u', project: 'p', roles: ['member'], admin: false, service: null },
    requestId: `req-${id}`, causationId: null, correlationId: null, creation: null,
  });
}

export const events = (count: number) => Array.from({ length: count }, () => `image-${randomUUID()}`).map((stream) => ({ stream, sealed: event(stream) }));

/** How many of the works are done in a second, so many at a time. */
export async function perSecond(works: readonly (() => Promise<unknown>)[]): Promise<number> {
  const started = performance.now();
  let next = 0;
  const one = async () => {
    for (let work = works[next++]; work; work = works[next++]) await work();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return works.length / ((performance.now() - started) / 1000);
}

/** The same rows under the same keys, by the client alone. */
const BARE = [
  `CREATE TABLE bare (seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE, stream text COLLATE "C" NOT NULL, revision int NOT NULL, id uuid NOT NULL UNIQUE, type text NOT NULL,
    v smallint NOT NULL, body text NOT NULL, data text, salt bytea NOT NULL, chain bytea NOT NULL, recorded_at timestamptz(3) NOT NULL DEFAULT now(), PRIMARY KEY (stream, revision))`,
];
const INSERT = { name: 'bare-insert', text: 'INSERT INTO bare (stream, revision, id, type, v, body, data, salt, chain) VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $8)' };
const SELECT = { name: 'bare-select', text: 'SELECT * FROM bare WHERE seq > $1 ORDER BY seq LIMIT $2' };

export async function readAll(store: EventStore): Promise<number> {
  const started = performance.now();
  let read = 0;
  for (let after = 0n, more = true; more; ) {
    const page = await store.readLog({ after, limit: PAGE });
    read += page.events.length;
    more = page.reached > after;
    after = page.reached;
  }
  return read / ((performance.now() - started) / 1000);
}

async function readBare(pool: Pool): Promise<number> {
  const started = performance.now();
  let read = 0;
  for (let after = '0', more = true; more; ) {
    const { rows } = await pool.query<{ seq: string }>({ ...SELECT, values: [after, PAGE] });
    read += rows.length;
    more = rows.length > 0;
    after = rows.at(-1)?.seq ?? after;
  }
  return read / ((performance.now() - started) / 1000);
}

/** Against the engine's own client, on the same server, by turns. */
export async function logOnPostgres(server: string, dir: string): Promise<void> {
  if (![APPEND, READ, MOVE].some(wanted)) return;
  const [pool, target] = [await database(server), await database(server)];
  for (const statement of BARE) await pool.query(statement);
  const store = createPostgresEventStore({ pool });
  const insert = (of: ReturnType<typeof events>) => of.map(({ stream, sealed: { id, type, v, body, data, salt } }) => () => pool.query({ ...INSERT, values: [stream, id, type, v, body, data, salt, chainOf(GENESIS, body)] }));
  const append = (of: ReturnType<typeof events>) => of.map(({ stream, sealed }) => () => store.append(stream, EMPTY_STREAM, [sealed]));
  try {
    await compare({ what: APPEND, unit: 'ev/s', aim: 0.8, ours: () => perSecond(append(events(APPENDS))), reference: () => perSecond(insert(events(APPENDS))) });
    const filling = events(LOG);
    await Promise.all([perSecond(append(filling)), perSecond(insert(filling))]);
    await createPostgresLogTransfer({ pool }).settled();
    await compare({ what: READ, unit: 'ev/s', ours: () => readAll(store), reference: () => readBare(pool) });
    if (wanted(MOVE)) await move(store, target, join(dir, 'log.ndjson.zst'));
  } finally {
    await store.close();
    await Promise.all([pool.end(), target.end()]);
  }
}

async function database(server: string): Promise<Pool> {
  const name = `log_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const pool = createPool({ connectionString: named(server, name), max: IN_FLIGHT });
  await migrate(pool, EVENT_STORE_MIGRATIONS);
  return pool;
}

/** The path of a socket stands where a URL has its host. */
const named = (server: string, database: string): string => server.replace(/\/[^/?]*(\?|$)/, `/${database}$1`);

async function move(store: EventStore, pool: Pool, file: string): Promise<void> {
  const timed = async <T>(what: string, count: (result: T) => number, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    console.log(`${what.padEnd(58)} ${(count(result) / ((performance.now() - started) / 1000)).toFixed(0)} ev/s  (heap ${(process.memoryUsage().heapUsed / 1024 ** 2).toFixed(0)} MiB)`);
    return result;
  };
  await timed('export', ({ events: n }) => n, () => exportLog({ store, site: 'bench', to: file }));
  await timed('verify a file, each event', ({ events: n }) => n, () => verifyLogFile(file, { events: true }));
  const outline = await timed('verify a file, its digest', ({ events: n }) => n, () => verifyLogFile(file));
  const target = await createPostgresLogTransfer({ pool }).open();
  await timed('import, read models apart', ({ events: n }) => n, () => importLog(outline, target));
  await target.close();
}
