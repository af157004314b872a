import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { joinEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';

const SLOW = 60_000;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pg-'));
  chmodSync(root, 0o755);
});
afterEach(() => rmSync(root, { recursive: true }));

const options = () => ({ stateDir: join(root, 'state'), maxConnections: 20 });

async function answers({ url }: EmbeddedPostgres): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query('SELECT 1')).rowCount === 1;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('The PostgreSQL of a state folder, for a command', () => {
  it('is the one that a server has started, and goes on when the command ends', async () => {
    const server = await startEmbeddedPostgres(options());
    const joined = await joinEmbeddedPostgres(options());
    expect(joined.url).toBe(server.url);
    await joined.stop();
    joined.kill();
    expect(await answers(server)).toBe(true);
    await server.stop();
  }, SLOW);

  it('is started where none runs, and ends with the command', async () => {
    const own = await joinEmbeddedPostgres(options());
    expect(await answers(own)).toBe(true);
    await own.stop();
    expect(await answers(own)).toBe(false);
  }, SLOW);

  it('is waited for while a server starts it', async () => {
    const [server, joined] = await Promise.all([startEmbeddedPostgres(options()), joinEmbeddedPostgres(options())]);
    expect(joined.url).toBe(server.url);
    await server.stop();
  }, SLOW);
});
