import { readdir, readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stalledUpload } from '../support/chunked-upload.js';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { backgroundProcesses, childrenOf, httpWorkers, isAlive, isListenedTo, writerOf } from '../support/processes.js';
import { Server } from '../support/server.js';

const MB = 1024 * 1024;
/** Everything is gone within 10 s; starting to count and a loaded machine take some. */
const GONE_MS = 11_000;

const family = (server: Server): number[] => childrenOf(server.child.pid ?? 0).map(({ pid }) => pid);
const bytesOf = async (server: Server, id: string) => (await readdir(server.imagesDir)).filter((name) => name.startsWith(id));

async function isQueuedWithoutBytes(server: Server, id: string): Promise<void> {
  expect(await new ImageClient(server).show(id)).toMatchObject({ status: 'queued', size: null });
  expect(await bytesOf(server, id)).toEqual([]);
}

async function allGone(server: Server, pids: readonly number[]): Promise<void> {
  await eventually(async () => {
    expect(pids.filter(isAlive)).toEqual([]);
    expect(isListenedTo(server.url)).toBe(false);
  }, GONE_MS);
}

describe('The end of several processes', () => {
  let server: Server;
  let client: ImageClient;
  let pids: number[];
  beforeEach(async () => {
    server = await Server.start({ conf: 'workers = 4\n' });
    client = new ImageClient(server);
    pids = family(server);
  }, 120_000);
  afterEach(() => server.dispose());

  it('seed 17: SIGINT to the parent ends four workers, and the port is free', async () => {
    expect(httpWorkers(server)).toHaveLength(4);
    expect(backgroundProcesses(server)).toHaveLength(1);
    expect(server.output).toContain('4 HTTP workers and a background process');
    expect(isListenedTo(server.url)).toBe(true);
    expect(await server.end('SIGINT')).toBe(0);
    await allGone(server, pids);
    expect(server.output).not.toMatch(/ERROR|Error/);
  }, 60_000);

  it('seed 17: so it does during an upload, which is cut and leaves a queued image and no byte', async () => {
    const { id } = await client.create();
    const { answer } = await stalledUpload(server, id, 3 * MB);
    expect(await bytesOf(server, id)).not.toEqual([]);
    const asked = Date.now();
    expect(await server.end('SIGINT')).toBe(0);
    expect(Date.now() - asked).toBeLessThan(GONE_MS);
    await allGone(server, pids);
    expect([503, 'cut']).toContain(await answer);
    expect(await bytesOf(server, id)).toEqual([]);
    const again = await Server.start({ stateDir: server.stateDir, conf: 'workers = 1\n' });
    try {
      await isQueuedWithoutBytes(again, id);
    } finally {
      await again.end();
    }
  }, 120_000);

  it('Ctrl+C, which every process gets, lets a request that runs come to its end', async () => {
    const { id } = await client.create();
    const { upload, answer } = await stalledUpload(server, id, MB);
    for (const pid of [...httpWorkers(server), ...backgroundProcesses(server)]) process.kill(pid, 'SIGINT');
    server.child.kill('SIGINT');
    await eventually(async () => expect(server.output).toContain('stopping: SIGINT'));
    upload.end();
    expect(await answer).toBe(204);
    expect(await server.end('SIGCONT')).toBe(0);
    await allGone(server, pids);
    expect(await readFile(join(server.imagesDir, id))).toHaveLength(MB);
  }, 60_000);

  it('SIGTERM to every process, as systemd sends it, ends all with 0', async () => {
    for (const pid of [...httpWorkers(server), ...backgroundProcesses(server)]) process.kill(pid, 'SIGTERM');
    expect(await server.end('SIGTERM')).toBe(0);
    await allGone(server, pids);
  }, 60_000);

  it('a second signal ends at once what waits for a request', async () => {
    const { id } = await client.create();
    await stalledUpload(server, id, MB);
    server.child.kill('SIGTERM');
    await eventually(async () => expect(server.output).toContain('stopping: SIGTERM'));
    await sleep(400);
    expect(await server.end('SIGTERM')).toBe(143);
    await allGone(server, pids);
  }, 60_000);

  it('SIGKILL of the parent leaves no process behind', async () => {
    const { id } = await client.create();
    await stalledUpload(server, id, MB);
    expect(await server.end('SIGKILL')).toBe(null);
    await allGone(server, pids);
    expect(await bytesOf(server, id)).toEqual([]);
  }, 60_000);

  it('the death of PostgreSQL ends all with 1', async () => {
    const postmaster = readFileSync(join(server.stateDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0];
    process.kill(Number(postmaster), 'SIGKILL');
    expect(await server.end('SIGCONT')).toBe(1);
    await allGone(server, pids);
    expect(server.output).toContain('PostgreSQL ended by itself');
  }, 60_000);
});

describe('A process that dies', () => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    // Clients that keep connections would find those of a killed worker broken, and keep one that leaves.
    server = await Server.start({ conf: 'workers = 2\nhttp_keepalive = False\n' });
    client = new ImageClient(server);
  }, 120_000);
  afterAll(() => server.dispose());
  const times = (text: RegExp) => server.output.match(text)?.length ?? 0;
  const complete = () =>
    eventually(async () => {
      expect(times(/worker \d+ is ready|process \d+ is ready/g)).toBe(times(/another (?:is started|takes its place)/g));
      expect(httpWorkers(server)).toHaveLength(2);
      expect(backgroundProcesses(server)).toHaveLength(1);
    }, 30_000);
  beforeEach(complete, 60_000);

  async function uploadInto(wanted: (writer: number) => boolean) {
    for (;;) {
      const { id } = await client.create();
      const open = await stalledUpload(server, id, MB);
      const writer = writerOf(server, id) ?? 0;
      if (wanted(writer)) return { id, writer, ...open };
      open.upload.end();
      await open.answer;
    }
  }

  async function uploadsInTwoWorkers() {
    const first = await uploadInto(() => true);
    return [first, await uploadInto((writer) => writer !== first.writer)] as const;
  }

  it('is replaced; its upload is ended at once, the one of another worker goes on', async () => {
    const [first, second] = await uploadsInTwoWorkers();
    const { id: cut, writer: killed } = first;
    const { id: kept, writer: other } = second;
    process.kill(killed, 'SIGKILL');
    expect(await first.answer).toBe('cut');
    await eventually(() => isQueuedWithoutBytes(server, cut), 20_000);
    await complete();
    expect((await client.put(cut, 'again')).status).toBe(204);
    expect(await client.show(kept)).toMatchObject({ status: 'saving' });
    second.upload.end();
    expect(await second.answer).toBe(204);
    expect(httpWorkers(server)).not.toContain(killed);
    expect(isAlive(other)).toBe(true);
    expect(server.output).toContain(`the HTTP worker ${killed} ended: SIGKILL; another is started`);
  }, 90_000);

  it('is missed by nobody when it is the last: connections wait for its successor', async () => {
    const killed = httpWorkers(server);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await eventually(async () => expect(httpWorkers(server).filter((pid) => killed.includes(pid))).toEqual([]));
    expect(isListenedTo(server.url)).toBe(true);
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.status('GET', '/v2/images')));
    expect(answers).toEqual(Array(8).fill(200));
  }, 90_000);

  it('is replaced in the background too, and what it had to do is done', async () => {
    const { id } = await client.create();
    expect((await client.put(id, 'bytes')).status).toBe(204);
    for (const pid of backgroundProcesses(server)) process.kill(pid, 'SIGKILL');
    expect((await client.delete(id)).status).toBe(204);
    await eventually(async () => expect(await bytesOf(server, id)).toEqual([]), 60_000);
    await complete();
  }, 90_000);

  it('by SIGTERM ends when its last upload has, and meanwhile another serves in its place', async () => {
    const { id } = await client.create();
    const { upload, answer } = await stalledUpload(server, id, MB);
    const leaving = writerOf(server, id) ?? 0;
    process.kill(leaving, 'SIGTERM');
    await eventually(async () => {
      expect(httpWorkers(server)).toHaveLength(3);
      expect(await client.status('GET', '/v2/images')).toBe(200);
    }, 30_000);
    expect(isAlive(leaving)).toBe(true);
    upload.end();
    expect(await answer).toBe(204);
    await eventually(async () => expect(isAlive(leaving)).toBe(false));
    expect(await client.show(id)).toMatchObject({ status: 'active', size: MB });
  }, 90_000);

  it('by SIGHUP does not: it is the parent that is asked', async () => {
    const before = httpWorkers(server).toSorted();
    for (const pid of before) process.kill(pid, 'SIGHUP');
    expect(await client.status('GET', '/v2/images')).toBe(200);
    expect(httpWorkers(server).toSorted()).toEqual(before);
  });
});

describe('A start that fails', () => {
  const failing = async (conf: string, more: { memory?: boolean } = {}) => {
    const error = await Server.start({ conf, ...more }).then((server) => server.dispose().then(() => new Error('it started')), (reason: unknown) => reason as Error);
    const [, code, output = ''] = /ended with (\d+):\n([^]*)$/.exec(error.message) ?? [];
    return { code, errors: output.split('\n').filter((line) => line.startsWith('ERROR: ')) };
  };

  it('seed 37: events in memory refuse two workers with a message', async () => {
    expect(await failing('workers = 2\n', { memory: true })).toEqual({
      code: '1',
      errors: ['ERROR: [DEFAULT] workers = 2: with events in memory there can be one process only: allowed is 0'],
    });
  }, 60_000);

  it('says once what a child could not do, in the words of a single process', async () => {
    const conf = `[glance_store]\nfilesystem_store_datadir = /proc/afterimage\n`;
    const [several, one] = [await failing(`workers = 3\n${conf}`), await failing(`workers = 0\n${conf}`)];
    expect(several).toMatchObject({ code: '1', errors: [expect.stringContaining('/proc/afterimage')] });
    expect(several).toEqual(one);
  }, 120_000);

  it('says as a single process does that the port is taken', async () => {
    const first = await Server.start({ conf: 'workers = 1\n' });
    try {
      const port = new URL(first.url).port;
      const errors = await Promise.all(['2', '0'].map((workers) => failing(`workers = ${workers}\nbind_port = ${port}\n`)));
      for (const told of errors) expect(told).toEqual({ code: '1', errors: [`ERROR: listen EADDRINUSE: address already in use 127.0.0.1:${port}`] });
    } finally {
      await first.dispose();
    }
  }, 120_000);
});

describe('Several processes on one registry', () => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ conf: 'workers = 3\nimage_count_quota = 12\n' });
    client = new ImageClient(server);
  }, 120_000);
  afterAll(() => server.dispose());

  it('lose none of many changes of one image at once', async () => {
    const { id } = await client.create({ owner: null });
    const names = Array.from({ length: 24 }, (_, i) => `p${i}`);
    const answers = await Promise.all(names.map((name) => client.patch(id, [{ op: 'add', path: `/${name}`, value: name }])));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(await client.show(id)).toMatchObject(Object.fromEntries(names.map((name) => [name, name])));
  }, 60_000);

  it('hold an owner to the limit together', async () => {
    const create = () => client.status('POST', '/v2/images', { name: 'x', owner: 'limited' }, { 'content-type': 'application/json' });
    const answers = await Promise.all(Array.from({ length: 30 }, create));
    expect(answers.filter((status) => status === 201)).toHaveLength(12);
    expect(answers.filter((status) => status === 413)).toHaveLength(18);
  }, 60_000);

  it('show and list at once what another has written', async () => {
    for (let i = 0; i < 10; i += 1) {
      const { id } = await client.create({ name: `seen ${i}`, owner: null });
      const readings = await Promise.all(Array.from({ length: 6 }, async () => [(await client.show(id)).name, (await client.list(`?name=seen ${i}`)).images.map((image) => image.id)]));
      expect(readings).toEqual(Array.from({ length: 6 }, () => [`seen ${i}`, [id]]));
    }
  }, 60_000);
});

describe('workers = 0', () => {
  it('is one process, with PostgreSQL as its only child', async () => {
    const server = await Server.start({ conf: 'workers = 0\n' });
    try {
      expect(childrenOf(server.child.pid ?? 0).map(({ command }) => command.split(' ')[0])).toEqual([expect.stringMatching(/postgres$/)]);
      expect(server.output).not.toContain('worker');
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
