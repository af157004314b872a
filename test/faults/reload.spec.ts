import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stalledUpload } from '../support/chunked-upload.js';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Page } from '../support/image-client.js';
import { backgroundProcesses, httpWorkers, isAlive, isListenedTo, writerOf } from '../support/processes.js';
import { freePort, Server } from '../support/server.js';

const MB = 1024 * 1024;
const RELOAD_MS = 60_000;

const configuration = (server: Server) => join(server.stateDir, 'test.conf');
const lines = (server: Server, text: string) => server.output.split('\n').filter((line) => line.includes(text));

/** Changes the configuration, sends SIGHUP, and resolves when the new workers have taken over. */
async function reload(server: Server, change: (text: string) => string = (text) => text): Promise<void> {
  const before = lines(server, 'new workers serve').length;
  await writeFile(configuration(server), change(await readFile(configuration(server), 'utf8')));
  server.child.kill('SIGHUP');
  await eventually(async () => expect(lines(server, 'new workers serve').length).toBeGreaterThan(before), RELOAD_MS);
}

const set = (option: string, value: string) => (text: string) =>
  text.replace(new RegExp(`^${option} = .*\n`, 'm'), '').replace('[DEFAULT]\n', `[DEFAULT]\n${option} = ${value}\n`);

/** A request on a connection of its own. */
async function alone(server: Server, method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  const sent = request(server.url + path, { method, agent: false, headers: body === undefined ? {} : { 'content-type': 'application/json' } });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return { status: answer.statusCode ?? 0, text };
}

const listed = async (server: Server, limit: number) => (JSON.parse((await alone(server, 'GET', `/v2/images?limit=${limit}`)).text) as Page).images.length;

describe('SIGHUP to several processes', () => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ conf: 'workers = 2\napi_limit_max = 7\n' });
    client = new ImageClient(server);
    for (let i = 0; i < 4; i += 1) await client.create();
  }, 120_000);
  afterAll(() => server.dispose());

  it('gives changed options to new workers, under the same parent', async () => {
    const [workers, background] = [httpWorkers(server), backgroundProcesses(server)];
    await reload(server, set('api_limit_max', '2'));
    expect(await listed(server, 5)).toBe(2);
    await reload(server, set('api_limit_max', '3'));
    expect(await listed(server, 5)).toBe(3);
    expect(httpWorkers(server).filter((pid) => workers.includes(pid) && !isAlive(pid))).toEqual([]);
    await eventually(async () => expect([...background].filter(isAlive)).toEqual([]));
    expect(server.child.exitCode).toBe(null);
    expect(server.output).toContain('changed: [DEFAULT] api_limit_max');
  }, 120_000);

  it('fails no request meanwhile, on new connections or old', async () => {
    let busy = true;
    const seen: (number | string)[] = [];
    const ask = async (call: () => Promise<number>) => {
      while (busy) seen.push(await call().catch((error: unknown) => String(error)));
    };
    const body = JSON.stringify({ name: 'steady' });
    const asking = [
      ask(async () => (await alone(server, 'GET', '/v2/images?limit=1')).status),
      ask(async () => (await alone(server, 'POST', '/v2/images', body)).status),
      ask(() => client.status('GET', '/v2/images?limit=1')),
      ask(async () => (await client.put((await client.create()).id, Buffer.alloc(1000))).status),
    ];
    for (let i = 0; i < 3; i += 1) await reload(server);
    busy = false;
    await Promise.all(asking);
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.filter((status) => ![200, 201, 204].includes(Number(status)))).toEqual([]);
  }, 180_000);

  it('lets an upload come to its end in the old worker, which then goes', async () => {
    const { id } = await client.create();
    const { upload, answer } = await stalledUpload(server, id, MB);
    const old = writerOf(server, id) ?? 0;
    await reload(server);
    expect(isAlive(old)).toBe(true);
    upload.write(Buffer.alloc(MB, 'x'));
    upload.end();
    expect(await answer).toBe(204);
    // Not before connections that clients keep have been idle for 72 s.
    await eventually(async () => expect(isAlive(old)).toBe(false), 100_000);
    expect(await client.show(id)).toMatchObject({ status: 'active', size: 2 * MB });
  }, 240_000);

  it('cuts an upload of an old worker when all is to end', async () => {
    const other = await Server.start({ conf: 'workers = 1\n' });
    try {
      const { id } = await new ImageClient(other).create();
      const { answer } = await stalledUpload(other, id, MB);
      const old = writerOf(other, id) ?? 0;
      await reload(other);
      expect(await other.end('SIGTERM')).toBe(0);
      expect([503, 'cut']).toContain(await answer);
      expect(isAlive(old)).toBe(false);
    } finally {
      await other.dispose();
    }
  }, 120_000);

  it('keeps all as it is where a setting is bad, and says which', async () => {
    const before = httpWorkers(server).toSorted();
    const good = await readFile(configuration(server), 'utf8');
    await writeFile(configuration(server), set('api_limit_max', 'many')(good));
    server.child.kill('SIGHUP');
    await eventually(async () => expect(server.output).toContain('the settings stay as they are: [DEFAULT] api_limit_max = many'));
    await writeFile(configuration(server), good.replace(/filesystem_store_datadir = .*/, 'filesystem_store_datadir = /proc/afterimage'));
    server.child.kill('SIGHUP');
    await eventually(async () => expect(lines(server, 'the settings stay as they are').length).toBe(2), RELOAD_MS);
    expect(await client.status('GET', '/v2/images')).toBe(200);
    expect(httpWorkers(server).filter((pid) => before.includes(pid)).toSorted()).toEqual(before);
    await writeFile(configuration(server), good);
    await reload(server);
    expect((await client.put((await client.create()).id, 'x')).status).toBe(204);
  }, 120_000);

  it('starts and ends workers where their number changes', async () => {
    await reload(server, set('workers', '3'));
    await eventually(async () => expect(lines(server, '3 new workers serve')).toHaveLength(1));
    expect(httpWorkers(server).length).toBeGreaterThanOrEqual(3);
    await reload(server, set('workers', '1'));
    expect(await client.status('GET', '/v2/images')).toBe(200);
    await reload(server, set('workers', '0'));
    expect(server.output).toContain('only a restart changes these, they stay as they are: [DEFAULT] workers = 0');
    await reload(server, set('workers', '2'));
  }, 180_000);

  it('moves to another port, and gives the old one free', async () => {
    const port = await freePort();
    const old = new URL(server.url).port;
    await reload(server, set('bind_port', String(port)));
    expect((await fetch(`http://127.0.0.1:${port}/v2/images`)).status).toBe(200);
    expect(isListenedTo(server.url)).toBe(false);
    await reload(server, set('bind_port', old));
    expect((await alone(server, 'GET', '/v2/images')).status).toBe(200);
  }, 120_000);

  it('does not change the database, but the rest', async () => {
    await reload(server, (text) => `${set('api_limit_max', '1')(text)}\n[database]\nconnection = postgresql://nobody:s3cret@127.0.0.1:1/none\n`);
    expect(server.output).toContain('they stay as they are: the database of events, the database of the read model');
    expect(server.output).not.toContain('s3cret');
    expect(await listed(server, 5)).toBe(1);
  }, 120_000);
});

describe('SIGHUP and the log file', () => {
  it.each([0, 2])('opens it anew after it was moved away, with workers = %i', async (workers) => {
    const directory = await mkdtemp(join(tmpdir(), 'afterimage-log-'));
    const log = join(directory, 'afterimage.log');
    const server = await Server.start({ conf: `workers = ${workers}\nlog_file = ${log}\n` });
    try {
      server.child.kill('SIGHUP');
      await eventually(async () => expect(await readFile(log, 'utf8')).toContain('reading the settings anew'), RELOAD_MS);
      await rename(log, `${log}.1`);
      server.child.kill('SIGHUP');
      await eventually(async () => expect(await readFile(log, 'utf8').catch(() => '')).toContain('SIGHUP'), RELOAD_MS);
    } finally {
      await server.dispose();
      await rm(directory, { recursive: true });
    }
  }, 180_000);

  it('takes a changed log level over in a single process, and names what needs a restart', async () => {
    const server = await Server.start();
    try {
      await appendFile(configuration(server), '[DEFAULT]\ndebug = True\napi_limit_max = 3\n');
      server.child.kill('SIGHUP');
      await eventually(async () => expect(server.output).toContain('with workers = 0 only a restart takes it over: [DEFAULT] api_limit_max'));
      expect(await new ImageClient(server).status('GET', '/v2/images')).toBe(200);
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
