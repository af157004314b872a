import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { Server, storeIn } from '../support/server.js';

describe('your own PostgreSQL and Redis', () => {
  it('keeps images across a restart and removes deleted bytes by a job on Redis', async () => {
    const database = await testDatabase();
    const redis = await startRedis();
    const dir = await mkdtemp(join(tmpdir(), 'afterimage-redis-'));
    const conf = `[database]\nconnection = ${database.url}\n[jobs]\nurl = ${redis.url}\n${storeIn(dir)}`;
    const first = await Server.start({ conf });
    const client = new ImageClient(first);
    const [kept, gone] = [await client.create({ name: 'kept' }), await client.create()];
    await client.put(kept.id, 'kept');
    await client.put(gone.id, 'gone');
    await client.delete(gone.id);
    await eventually(async () => expect(await readdir(join(dir, 'images'))).toEqual([kept.id]));
    expect(await first.end()).toBe(0);
    const second = await Server.start({ conf, stateDir: first.stateDir });
    try {
      expect(await new ImageClient(second).show(kept.id)).toMatchObject({ name: 'kept', status: 'active' });
      await new ImageClient(second).delete(kept.id);
      await eventually(async () => expect(await readdir(join(dir, 'images'))).toEqual([]));
    } finally {
      await second.dispose();
      await redis.stop();
      await database.drop();
      await rm(dir, { recursive: true });
    }
  }, 90_000);
});
