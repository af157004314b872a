import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { Server } from '../support/server.js';

describe('Jobs in a Redis', () => {
  it('go on when it was restarted and has forgotten them, and nothing is refused while it is away', async () => {
    const database = await testDatabase();
    let redis = await startRedis();
    const server = await Server.start({ conf: `[database]\nconnection = ${database.url}\n[jobs]\nurl = ${redis.url}\n` });
    try {
      const client = new ImageClient(server);
      const [refused, away, kept] = [await client.create(), await client.create(), await client.create()];
      for (const { id } of [refused, away, kept]) await client.put(id, 'bytes');
      const inTheWay = join(server.imagesDir, refused.id);
      rmSync(inTheWay);
      mkdirSync(inTheWay);
      await client.delete(refused.id);
      await eventually(async () => expect(server.output).toContain(`will be tried again (attempt 1)`), 30_000);
      const { port } = redis;
      await redis.stop();
      expect(await client.status('DELETE', `/v2/images/${away.id}`)).toBe(204);
      expect((await client.show(kept.id)).status).toBe('active');
      rmdirSync(inTheWay);
      redis = await startRedis({ port: `${port}` });
      await eventually(async () => expect(await readdir(server.imagesDir)).toEqual([kept.id]), 60_000);
    } finally {
      await server.dispose();
      await redis.stop();
      await database.drop();
    }
  }, 150_000);
});
