import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { killed, typescriptChild } from '../test/support/typescript-child.js';

let root: string;
let running: EmbeddedPostgres[] = [];
const children: (() => Promise<void>)[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pg-'));
  chmodSync(root, 0o755);
});
afterEach(async () => {
  await Promise.all(children.splice(0).map((kill) => kill()));
  await Promise.all(running.map((each) => each.stop()));
  running = [];
  await eventually(() => !existsSync(pidFile()));
  rmSync(root, { recursive: true });
});

const stateDir = () => join(root, 'state');
const pidFile = (directory = stateDir()) => join(directory, 'postgres/data/postmaster.pid');
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);
const isAlive = (pid: number) => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');

async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !condition(); tries += 1) await sleep(25);
  expect(condition()).toBe(true);
}

async function start(directory = stateDir()): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ stateDir: directory, maxConnections: 20 });
  running.push(server);
  return server;
}

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function startInChild(): Promise<{ kill: () => Promise<void>; pid: number | undefined }> {
  const source = new URL('./embedded-postgres.ts', import.meta.url).href;
  const { child, lines } = typescriptChild(`
    const { startEmbeddedPostgres } = await import(${JSON.stringify(source)});
    await startEmbeddedPostgres({ stateDir: ${JSON.stringify(stateDir())}, maxConnections: 20 });
    console.log('started');
    setInterval(() => undefined, 1000);`);
  const kill = () => killed(child);
  children.push(kill);
  expect(await lines.next()).toEqual({ done: false, value: 'started' });
  return { kill, pid: child.pid };
}

describe('The embedded PostgreSQL', () => {
  it('is created by the first start and keeps its data over a restart', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE t (n int); INSERT INTO t VALUES (7)');
    await first.stop();
    expect(existsSync(pidFile())).toBe(false);
    expect(await query(await start(), 'SELECT n FROM t')).toEqual([{ n: 7 }]);
  }, 30_000);

  it('listens on a private socket only, wants a password, and sorts by code point in UTF-8 with checksums', async () => {
    const server = await start();
    const url = new URL(server.url);
    expect(statSync(url.searchParams.get('host') ?? '').mode & 0o777).toBe(0o700);
    expect(statSync(join(stateDir(), 'postgres/password')).mode & 0o777).toBe(0o600);
    const facts = await query(server, `SELECT current_setting('listen_addresses') AS tcp, current_setting('data_checksums') AS sums,
      current_setting('server_encoding') AS encoding, 'Z' < 'a' AS by_code_point, current_database() AS name`);
    expect(facts).toEqual([{ tcp: '', sums: 'on', encoding: 'UTF8', by_code_point: true, name: 'afterimage' }]);
    url.password = 'wrong';
    await expect(query({ ...server, url: url.href }, 'SELECT 1')).rejects.toThrow('password authentication failed');
  }, 30_000);

  it('leaves no server behind when its process is killed', async () => {
    const { kill } = await startInChild();
    const pid = serverPid();
    expect(isAlive(pid)).toBe(true);
    await kill();
    await eventually(() => !isAlive(pid));
  }, 30_000);

  it('starts at once after its process and the server itself were killed', async () => {
    const { kill } = await startInChild();
    const pid = serverPid();
    process.kill(pid, 'SIGKILL');
    await kill();
    await eventually(() => !isAlive(pid));
    expect(existsSync(pidFile())).toBe(true);
    expect(await query(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 30_000);

  it('takes the directory from a server that was left behind', async () => {
    const first = await start();
    const orphan = serverPid();
    rmSync(join(stateDir(), 'afterimage.lock'));
    const told: string[] = [];
    running.push(await startEmbeddedPostgres({ stateDir: stateDir(), maxConnections: 20, tell: (text) => told.push(text) }));
    await first.ended;
    expect(told).toEqual(['stopped a PostgreSQL that an earlier run left behind']);
    expect(serverPid()).not.toBe(orphan);
  }, 30_000);

  it('does not mind a pid file that names a living stranger, and leaves that one alone', async () => {
    await (await start()).stop();
    writeFileSync(pidFile(), `${process.pid}\n`);
    expect(await query(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 30_000);

  it('refuses a second process on the same directory and serves the first on', async () => {
    const { pid } = await startInChild();
    await expect(start()).rejects.toMatchObject({ code: 'StateDirectoryInUse', pid });
    expect(isAlive(serverPid())).toBe(true);
  }, 30_000);

  it('does not take the lock of a dead process for a living one', async () => {
    mkdirSync(stateDir());
    writeFileSync(join(stateDir(), 'afterimage.lock'), `${process.pid} 1\n`);
    expect(await query(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 30_000);

  it('puts the socket elsewhere when its path would be too long', async () => {
    const long = join(root, 'x'.repeat(100));
    const server = await start(long);
    const sockets = new URL(server.url).searchParams.get('host') ?? '';
    expect(sockets.startsWith(long)).toBe(false);
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(existsSync(sockets)).toBe(false);
  }, 30_000);

  it("works in a directory that the server's user cannot come to", async () => {
    chmodSync(root, 0o700);
    const server = await start();
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(await query(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }, 30_000);
});
