import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Server } from '../support/server.js';

const SLOW = 120_000;
const DRIVERS = new URL('../../dist/src/drivers/index.js', import.meta.url).href;
/** Read models that are gone with the process, whose events are not. */
const OWN = `import { memoryReadModels } from '${DRIVERS}';
export const driver = {
  shared: false,
  async open({ url, stateDir }) {
    console.log('own driver opened', url, stateDir);
    return memoryReadModels();
  },
};
`;

describe('data_api names a module', () => {
  let folder: string;
  let database: TestDatabase;
  let server: Server;
  let client: ImageClient;
  const start = async (stateDir?: string) => {
    server = await Server.start({ stateDir, conf: `data_api = ${folder}/own.mjs\n[database]\nconnection = ${database.url}\n[read_model]\nurl = own://place\n` });
    client = new ImageClient(server);
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'afterimage-test-'));
    writeFileSync(join(folder, 'own.mjs'), OWN);
    database = await testDatabase();
    await start();
  }, SLOW);
  afterAll(async () => {
    await server.dispose();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  it('seed 34: a driver of one\'s own is opened with its address, and clients read what they wrote', async () => {
    expect(server.output).toContain(`own driver opened own://place ${server.stateDir}`);
    const { id } = await client.create({ name: 'a', tags: ['t'] });
    expect((await client.put(id, 'some bytes')).status).toBe(204);
    expect(await client.show(id)).toMatchObject({ name: 'a', status: 'active', size: 10 });
    expect((await client.list('?tag=t')).images.map((image) => image.id)).toEqual([id]);
    await client.delete((await client.create({ name: 'b' })).id);
  });

  it('seed 33: what such a driver lost is made anew from the log', async () => {
    const before = (await client.list()).images;
    expect(before).toHaveLength(1);
    await server.end();
    await start(server.stateDir);
    expect((await client.list()).images).toEqual(before);
  }, SLOW);
});
