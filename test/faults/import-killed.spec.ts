import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { writeImageLog } from '../support/image-log.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const IMAGES = 4_000;
const SLOW = 180_000;

describe('an import that is killed', () => {
  let folder: string;
  let database: TestDatabase;
  let client: Client;
  const file = (name: string) => join(folder, name);
  const importing = () => [MAIN, 'import', file('log'), '--json', '--config-file', file('conf'), '--state-dir', folder];
  const numberOf = async (what: string): Promise<number> =>
    Number((await client.query<{ n: string | null }>(`SELECT (${what}) AS n`).catch(() => ({ rows: [{ n: null }] }))).rows[0]?.n ?? 0);
  const logged = () => numberOf('SELECT count(*) FROM afterimage.log');
  const projected = () => numberOf("SELECT position FROM afterimage.follower WHERE name = 'import-of-the-log.projected'");
  const killedOnce = async (reached: () => Promise<boolean>) => {
    const child = spawn('node', importing(), { stdio: 'ignore' });
    const ended = once(child, 'exit');
    while (child.exitCode === null && !(await reached())) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await ended;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'afterimage-import-'));
    database = await testDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await writeFile(file('conf'), `[DEFAULT]\ndb_auto_create = true\nworkers = 0\n[event_store]\nurl = ${database.url}\n`);
    await writeImageLog(file('log'), IMAGES);
  }, SLOW);
  afterAll(async () => {
    await client.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is gone on with, imports nothing twice, and lets no server start before it is done', async () => {
    await killedOnce(async () => (await logged()) > 0);
    const stood = await logged();
    expect(stood).toBeGreaterThan(0);
    await killedOnce(async () => (await projected()) > 0);
    expect(await logged()).toBe(3 * IMAGES);
    const serve = await run('node', [MAIN, 'serve', '--config-file', file('conf'), '--state-dir', folder]);
    expect(serve).toMatchObject({ code: 1, stderr: expect.stringContaining("run 'afterimage import' with the same file again") });

    const { code, stdout } = await run('node', importing());
    expect({ code, results: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, results: [{ events: 0, stood: 3 * IMAGES, first: 1, last: 3 * IMAGES }] });
    expect(await logged()).toBe(3 * IMAGES);
    expect(await projected()).toBe(3 * IMAGES);
    expect(await numberOf('SELECT count(*) FROM afterimage.image WHERE revision = 2')).toBe(IMAGES);
    expect(await numberOf('SELECT sum(images) FROM afterimage.usage')).toBe(IMAGES);
  }, SLOW);

  it('refuses a damaged file before anything is written, and names the line', async () => {
    await writeFile(file('text'), 'no log at all\n');
    const { code, stderr } = await run('node', [MAIN, 'import', file('text'), '--config-file', file('conf'), '--state-dir', folder]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("first line is not that of a file which 'afterimage export' wrote") });
  });
});
