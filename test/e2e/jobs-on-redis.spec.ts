import { readdir } from 'node:fs/promises';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { Server, storeIn } from '../support/server.js';

describe('your own PostgreSQL and Redis', () => {
  it('keeps images across a restart and removes deleted bytes by a job on Redis', async () => {
    const database = await testDatabase();
    const redis = await startRedis();
    const conf = (dir: string) => `[database]\nconnection = ${database.url}\n[jobs]\nurl = ${redis.url}\n${storeIn(dir)}`;
    const first = await Server.start({ conf: conf('/tmp/afterimage-redis-test') });
    const client = new ImageClient(first);
    const [kept, gone] = [await client.create({ name: 'kept' }), await client.create()];
    await client.put(kept.id, 'kept');
    await client.put(gone.id, 'gone');
    await client.delete(gone.id);
    await eventually(async () => expect(await readdir('/tmp/afterimage-redis-test/images')).toEqual([kept.id]));
    expect(await first.end()).toBe(0);
    const second = await Server.start({ conf: conf('/tmp/afterimage-redis-test'), stateDir: first.stateDir });
    try {
      expect(await new ImageClient(second).show(kept.id)).toMatchObject({ name: 'kept', status: 'active' });
      await new ImageClient(second).delete(kept.id);
      await eventually(async () => expect(await readdir('/tmp/afterimage-redis-test/images')).toEqual([]));
    } finally {
      await second.dispose();
      await redis.stop();
      await database.drop();
    }
  }, 90_000);
});
