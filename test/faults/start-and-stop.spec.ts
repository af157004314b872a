import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { run } from '../support/run.js';
import { freePort } from '../support/server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'bin/afterimage.mjs');
const starts = { 'npm start': ['npm', 'start', '--'], 'the bin afterimage': [process.execPath, BIN, 'serve'], 'the program itself': ['node', join(ROOT, 'dist/src/main.js'), 'serve'] };

let stateDir: string;
let port: number;
let child: ChildProcess | undefined;
let output = '';

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'afterimage-stop-'));
  port = await freePort();
});
afterEach(async () => {
  if (child && !hasEnded()) child.kill('SIGKILL');
  await eventually(async () => expect(processesOfState()).toEqual([]));
  rmSync(stateDir, { recursive: true });
});

const hasEnded = () => child?.exitCode !== null || child.signalCode !== null;
const url = () => `http://127.0.0.1:${port}`;

/** Whoever has the state folder in its command line or works in it. */
function processesOfState(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(stateDir) || readlinkSync(`/proc/${pid}/cwd`).startsWith(stateDir) ? [command] : [];
    } catch {
      return [];
    }
  });
}

async function start(command: readonly string[], more: readonly string[] = []): Promise<void> {
  output = '';
  const [program = '', ...args] = [...command, '--state-dir', stateDir, ...more];
  child = spawn(program, args, { cwd: ROOT, env: { ...process.env, OS_DEFAULT__BIND_PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  await eventually(async () => {
    if (hasEnded()) throw new Error(`it ended: ${output}`);
    expect((await fetch(`${url()}/versions`)).ok).toBe(true);
  }, 60_000);
}

async function ended(): Promise<number | null> {
  if (child && !hasEnded()) await once(child, 'exit');
  return child?.exitCode ?? null;
}

/** An upload that sends a little and then nothing for ever. */
async function hangingUpload(): Promise<string> {
  const body = JSON.stringify({ name: 'hangs', disk_format: 'raw', container_format: 'bare' });
  const created = await fetch(`${url()}/v2/images`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { id } = (await created.json()) as { id: string };
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write(`PUT /v2/images/${id}/file HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\nsome bytes`);
  await eventually(async () => expect(await statusOf(id)).toBe('saving'));
  return id;
}

const statusOf = async (id: string) => ((await (await fetch(`${url()}/v2/images/${id}`)).json()) as { status: string }).status;
const filesOf = (directory: string) => (existsSync(directory) ? readdirSync(directory) : []);

describe('Starting and stopping', () => {
  it.each(Object.entries(starts))('a SIGTERM to %s ends everything with 0', async (_, command) => {
    await start(command);
    expect(output).toContain(`serves the Images API on ${url()}`);
    expect(output).toContain('NOBODY AUTHENTICATES');
    child?.kill('SIGTERM');
    expect(await ended()).toBe(0);
    expect(processesOfState()).toEqual([]);
  }, 120_000);

  it('an upload that does not end is cut after its grace: queued again at the next start, no bytes', async () => {
    await start(starts['the program itself']);
    const id = await hangingUpload();
    child?.kill('SIGINT');
    expect(await ended()).toBe(0);
    expect(processesOfState()).toEqual([]);
    expect(filesOf(join(stateDir, 'images'))).toEqual([]);
    await start(starts['the program itself']);
    expect(await statusOf(id)).toBe('queued');
  }, 120_000);

  it('a second signal ends at once what waits for a request', async () => {
    await start(starts['the bin afterimage']);
    await hangingUpload();
    child?.kill('SIGTERM');
    await eventually(async () => expect(output).toContain('stopping: SIGTERM'));
    await sleep(400);
    child?.kill('SIGTERM');
    expect(await ended()).toBe(143);
    await eventually(async () => expect(processesOfState()).toEqual([]));
  }, 120_000);

  it.each(['the bin afterimage', 'the program itself'] as const)('a SIGKILL of %s leaves no process behind', async (name) => {
    await start(starts[name]);
    child?.kill('SIGKILL');
    await eventually(async () => expect(processesOfState()).toEqual([]));
  }, 120_000);

  it('the death of PostgreSQL ends the program with 1', async () => {
    await start(starts['the program itself']);
    const pid = Number(readFileSync(join(stateDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    expect(await ended()).toBe(1);
    expect(output).toContain('PostgreSQL ended by itself');
  }, 120_000);

  it('a second program on the same state is refused', async () => {
    await start(starts['the program itself']);
    const second = await run(process.execPath, [BIN, 'serve', '--state-dir', stateDir]);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`ERROR: ${stateDir} is in use by another afterimage`) });
    expect((await fetch(`${url()}/versions`)).ok).toBe(true);
  }, 120_000);

  it('a port that is taken stops the start with a message and leaves nothing running', async () => {
    await start(starts['the program itself'], ['--memory']);
    const other = join(stateDir, 'other');
    const second = await run(process.execPath, [BIN, 'serve', '--state-dir', other], { env: { OS_DEFAULT__BIND_PORT: String(port) } });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(/ERROR: .*EADDRINUSE/) });
    await eventually(async () => expect(processesOfState().filter((command) => command.includes(other))).toEqual([]));
  }, 120_000);
});

describe('The command line', () => {
  const afterimage = (...args: string[]) => run(process.execPath, [BIN, ...args]);

  it('answers wrong usage with 2 and a bad setting with 1, both on standard error', async () => {
    expect(await afterimage('serve', '--nonsense')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("unknown option '--nonsense'") });
    const conf = join(stateDir, 'bad.conf');
    writeFileSync(conf, '[DEFAULT]\nbind_port = many\n');
    expect(await afterimage('serve', '--config-file', conf)).toMatchObject({ code: 1, stderr: 'ERROR: [DEFAULT] bind_port = many: allowed: a whole number from 0 to 65535\n' });
  }, 60_000);

  it('shows the settings as INI and as JSON, without passwords', async () => {
    const conf = join(stateDir, 'glance-api.conf');
    writeFileSync(conf, '[database]\nconnection = postgresql://u:s3cret@db/glance\n');
    const ini = await afterimage('config', 'show', '--config-file', conf);
    expect(ini).toMatchObject({ code: 0, stdout: expect.stringContaining(`# from ${conf}:2\nconnection = postgresql://u:***@db/glance\n`) });
    const json = await afterimage('config', 'show', '--json', '--config-file', conf);
    expect(JSON.parse(json.stdout)).toMatchObject({ database: { connection: { value: 'postgresql://u:***@db/glance' } }, DEFAULT: { bind_port: { value: 9292, source: 'default' } } });
  }, 60_000);
});
