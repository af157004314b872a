import { randomUUID } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { v7 } from 'uuid';
import { chainOf, createPool, createPostgresEventStore, createPostgresLogTransfer, Deciders, EMPTY_LOG, GENESIS, link, migrate, rebuild, seal, type NumberedEvent } from '#event-store';
import { imageDecider, taskDecider } from '#images';
import { metadefsDecider } from '#metadefs';
import { MIGRATIONS } from '../../src/persistence.js';
import { READ_MODELS } from '../../src/read-models.js';
import { wanted } from './compare.js';

const EVENTS = 1_000_000;
/** Images whose events come mixed with each other's. */
const AT_ONCE = 300;
const AIM = 20_000;
const WHAT = `rebuild the read models of ${EVENTS} events`;

const TYPES = [
  { type: 'ImageCreated', data: { name: 'bench', owner: 'p', visibility: 'shared', diskFormat: 'raw', containerFormat: 'bare', minDisk: 0, minRam: 0, protected: false, hidden: false, properties: { hw_disk_bus: 'scsi', os_distro: 'debian' }, tags: ['a', 'b'], declared: {}, home: 'bench' } },
  { type: 'ImageTagsChanged', data: { added: ['c'], removed: ['a'] } },
  { type: 'ImageVisibilityChanged', data: { visibility: 'community' } },
];

/** Three events each, of many images at a time, in the order of the log. */
function* waves(): Generator<NumberedEvent[]> {
  let end = EMPTY_LOG;
  while (end.position < EVENTS) {
    const images = Array.from({ length: AT_ONCE }, () => ({ creation: v7(), chain: GENESIS as Buffer }));
    const wave: NumberedEvent[] = [];
    for (const [revision, event] of TYPES.entries()) {
      for (const image of images) {
        const [id, stream, n] = [revision === 0 ? image.creation : v7(), `image-${image.creation}`, Number(end.position)];
        const hlc = (BigInt(1_780_000_000_000 + n) << 16n).toString(16).padStart(16, '0');
        const sealed = seal(event, {
          id, stream, v: 1, at: new Date(1_780_000_000_000 + n).toISOString(), hlc, site: 'bench', actor: { user: 'u', project: 'p', roles: ['member'], admin: false, service: null },
          requestId: `req-${id}`, causationId: null, correlationId: null, creation: revision === 0 ? null : image.creation,
        });
        image.chain = chainOf(image.chain, sealed.body);
        end = { position: end.position + 1n, head: link(end.head, image.chain) };
        wave.push({ ...sealed, ...end, stream, revision, chain: image.chain, recordedAt: new Date() });
      }
    }
    yield wave;
  }
}

/** The whole, from the first event to the switch; beside it what only reading the log takes. */
export async function rebuildMillion(server: string): Promise<void> {
  if (!wanted(WHAT)) return;
  const pool = await filled(server);
  const store = createPostgresEventStore({ pool });
  try {
    await pool.query('VACUUM (ANALYZE) afterimage.event, afterimage.log');
    const read = await seconds(async () => {
      for (let after = 0n, more = true; more; ) {
        const { reached } = await store.readLog({ after, limit: 2_000 });
        more = reached > after;
        after = reached;
      }
    });
    const [cpu, started] = [process.cpuUsage(), performance.now()];
    let [most, replayed] = [0, 0];
    const progress = (what: string) => {
      most = Math.max(most, process.memoryUsage().heapUsed);
      if (what.startsWith('making')) replayed = performance.now() - started;
    };
    const all = await seconds(async () => void (await rebuild({ pool, store, models: READ_MODELS, deciders: new Deciders([imageDecider, metadefsDecider, taskDecider]), progress })));
    const { user, system } = process.cpuUsage(cpu);
    const rate = EVENTS / all;
    console.log(`${WHAT.padEnd(58)} ${rate.toFixed(0)} ev/s  aim ${AIM}: ${rate >= AIM ? 'reached' : 'MISSED'}`);
    console.log(`  ${all.toFixed(0)} s, ${(replayed / 1000).toFixed(0)} of them until the log was replayed; only reading it ${read.toFixed(0)} s; our CPU ${((user + system) / 1e6).toFixed(0)} s; heap at most ${(most / 1024 ** 2).toFixed(0)} MiB`);
  } finally {
    await store.close();
    await pool.end();
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function filled(server: string): Promise<Pool> {
  const name = `rebuild_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  // The path of a socket stands where a URL has its host.
  const pool = createPool({ connectionString: server.replace(/\/[^/?]*(\?|$)/, `/${name}$1`), max: 6 });
  await migrate(pool, MIGRATIONS);
  const target = await createPostgresLogTransfer({ pool }).open();
  for (const wave of waves()) await target.take(wave);
  await target.close();
  return pool;
}
