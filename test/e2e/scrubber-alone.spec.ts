import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 60_000;

/** On a PostgreSQL of the operator's own the database says who scrubs, for all machines. */
describe('A scrubber that goes on for ever', () => {
  let folder: string;
  let database: TestDatabase;
  let daemon: ChildProcess;
  let said = '';
  const args = (...more: string[]) => [MAIN, 'glance-scrubber', '--config-file', join(folder, 'scrubber.conf'), ...more];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'scrubber-'));
    database = await testDatabase();
    writeFileSync(join(folder, 'scrubber.conf'), `[DEFAULT]\ndb_auto_create = True\nbind_host = ::1\ndaemon = True\nwakeup_time = 0\nlog_dir = ${folder}\nuse_stderr = True\n[database]\nconnection = ${database.url}\n[glance_store]\nfilesystem_store_datadir = ${folder}/images\n`);
    await start();
  }, SLOW);

  async function start(): Promise<void> {
    const begin = () => {
      daemon = spawn('node', args(), { stdio: ['ignore', 'ignore', 'pipe'] });
      daemon.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    };
    begin();
    await eventually(async () => {
      // The other one below may have been the first.
      if (daemon.exitCode !== null) begin();
      expect(await run('node', args('--nodaemon'))).toMatchObject({ code: 0, stderr: expect.stringContaining('another scrubber is at work') });
    }, SLOW);
  }
  afterAll(async () => {
    daemon.kill('SIGKILL');
    await database.drop();
    rmSync(folder, { recursive: true });
  }, SLOW);

  it('is the only one', async () => {
    expect(await run('node', args())).toMatchObject({ code: 1, stderr: expect.stringContaining('ERROR: A scrubber is running') });
  }, SLOW);

  it('outlives the loss of its database, and ends with 0 on SIGTERM', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
    await client.end();
    await run('node', args('--nodaemon'));
    expect(daemon.exitCode).toBeNull();
    daemon.kill('SIGTERM');
    expect(await once(daemon, 'exit')).toEqual([0, null]);
    expect(said).toContain('stopping: SIGTERM');
  }, SLOW);

  it('is not waited for once it was killed', async () => {
    await start();
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
    expect(await run('node', args('--nodaemon'))).toMatchObject({ code: 0, stderr: expect.stringContaining('images scrubbed: 0') });
  }, SLOW);
});
