// `npm run bench [-- word]`: everything (or what has the word in its title) as a ratio against a reference measured in the same
// run, turn by turn.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../src/embedded-postgres.js';
import { eventually } from '../support/eventually.js';
import { freePort, Server } from '../support/server.js';
import { compare, ROUNDS, wanted } from './compare.js';
import { listAtMillion } from './list-at-million.js';
import { logOnKurrent } from './log-on-kurrent.js';
import { logOnPostgres } from './log.js';
import { rebuildMillion } from './rebuild.js';
import { downloadSeconds, requestsPerSecond, uploadSeconds } from './load.js';

const GIB = 1024 ** 3;
const IMAGES = 500;

async function createImages(url: string): Promise<string> {
  let id = '';
  for (let i = 0; i < IMAGES; i += 1) {
    const body = JSON.stringify({ name: `image ${i}`, disk_format: 'raw', container_format: 'bare', hw_disk_bus: 'scsi', os_distro: 'debian', tags: ['a', 'b'] });
    const answer = await fetch(`${url}/v2/images`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    ({ id } = (await answer.json()) as { id: string });
  }
  return id;
}

const memory = async (pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

async function peakMemory(server: Server, id: string): Promise<void> {
  const what = 'peak memory above idle in a 4 GiB upload';
  if (!wanted(what)) return;
  const pid = server.child.pid ?? 0;
  const idle = await memory(pid, 'VmRSS');
  await uploadSeconds(`${server.url}/v2/images/${id}/file`, 4 * GIB);
  const peak = await memory(pid, 'VmHWM');
  const above = peak - idle;
  console.log(`${what.padEnd(58)} ${above.toFixed(0).padStart(5)} MiB  (idle ${idle.toFixed(0)}, peak ${peak.toFixed(0)})  ${above < 200 ? 'aim < 200: reached' : 'aim < 200: MISSED'}`);
}

const dir = await mkdtemp(join(tmpdir(), 'afterimage-bench-'));
const postgres = await startEmbeddedPostgres({ stateDir: dir, maxConnections: 100 });
const store = `[database]\nconnection = ${postgres.url}\n[glance_store]\nfilesystem_store_datadir = ${dir}/images\n`;
const server = await Server.start({ conf: store, stateDir: join(dir, 'state') });
const port = await freePort();
const bare = spawn('node', [fileURLToPath(new URL('bare-server.js', import.meta.url)), String(port), postgres.url, dir], { stdio: 'inherit' });
const reference = `http://127.0.0.1:${port}`;
const bytes = `http://127.0.0.1:${port + 1}`;

try {
  const id = await createImages(server.url);
  await eventually(async () => void (await fetch(`${reference}/static`)));
  const body = JSON.stringify({ name: 'bench', disk_format: 'raw', container_format: 'bare', hw_disk_bus: 'scsi', os_distro: 'debian' });
  const rate = (url: string, post?: string) => () => requestsPerSecond(url, post);
  const image = async (): Promise<string> => {
    const answer = await fetch(`${server.url}/v2/images`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return ((await answer.json()) as { id: string }).id;
  };
  let last = '';
  const upload = async (): Promise<number> => {
    if (last !== '') await fetch(`${server.url}/v2/images/${last}`, { method: 'DELETE' });
    last = await image();
    return uploadSeconds(`${server.url}/v2/images/${last}/file`, GIB);
  };
  console.log(`ratios of Afterimage to the reference, medians of ${ROUNDS} turns; 1 is as fast\n`);
  await peakMemory(server, await image());
  await compare({ what: 'show one image / bare Fastify + pg', unit: 'req/s', ours: rate(`${server.url}/v2/images/${id}`), reference: rate(`${reference}/show/${id}`), aim: 0.8 });
  await compare({ what: 'show one image / static JSON route', unit: 'req/s', ours: rate(`${server.url}/v2/images/${id}`), reference: rate(`${reference}/static`) });
  await compare({ what: 'list 20 images / bare Fastify + pg', unit: 'req/s', ours: rate(`${server.url}/v2/images?limit=20`), reference: rate(`${reference}/list`), aim: 0.7 });
  await compare({ what: 'list 20 images / static JSON route', unit: 'req/s', ours: rate(`${server.url}/v2/images?limit=20`), reference: rate(`${reference}/static`) });
  await compare({ what: 'create an image / bare one-statement insert', unit: 'req/s', ours: rate(`${server.url}/v2/images`, body), reference: rate(`${reference}/create`, body), aim: 0.6 });
  await compare({ what: 'upload 1 GiB / bare Node pipe with the same hashes', unit: 's', seconds: true, ours: upload, reference: () => uploadSeconds(`${bytes}/hashed`, GIB), aim: 0.85 });
  await compare({ what: 'upload 1 GiB / plain write without hashes', unit: 's', seconds: true, ours: upload, reference: () => uploadSeconds(`${bytes}/plain`, GIB) });
  // Measured alone there is nothing to download yet.
  if (wanted('download 1 GiB / fastest plain loop') && last === '') await Promise.all([upload(), uploadSeconds(`${bytes}/plain`, GIB)]);
  await compare({ what: 'download 1 GiB / fastest plain loop', unit: 's', seconds: true, ours: () => downloadSeconds(`${server.url}/v2/images/${last}/file`), reference: () => downloadSeconds(`${bytes}/`), aim: 0.85 });
  await logOnPostgres(postgres.url, dir);
  await logOnKurrent();
  await rebuildMillion(postgres.url);
  await listAtMillion({ postgres: postgres.url, bare: reference, dir, like: id });
} finally {
  bare.kill();
  await server.end();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
