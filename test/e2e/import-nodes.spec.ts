import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { freePort, Server } from '../support/server.js';

const DATA = Buffer.from('data of several nodes');
const OCTETS = { 'content-type': 'application/octet-stream' };
const DIRECT = { method: { name: 'glance-direct' } };

describe('user-asks 13: nodes that share a database', () => {
  let folder: string;
  let database: TestDatabase;
  const servers: Server[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'afterimage-nodes-'));
  });
  beforeEach(async () => {
    database = await testDatabase();
  }, 30_000);
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.dispose()));
    await database.drop();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A node with a staging folder of its own, and stores that all nodes reach. */
  async function node(name: string, conf: readonly string[] = []): Promise<ImageClient> {
    const lines = [
      'enabled_backends = images:file,waiting:file', `node_staging_uri = file://${folder}/${name}`, ...conf, '[glance_store]', 'default_backend = images',
      '[images]', `filesystem_store_datadir = ${folder}/images`, '[waiting]', `filesystem_store_datadir = ${folder}/waiting`,
      '[paste_deploy]', 'flavor = fakeauth', '[database]', `connection = ${database.url}`,
    ];
    const server = await Server.start({ conf: lines.join('\n') });
    servers.push(server);
    return new ImageClient(server, 'u:p:member,reader');
  }
  const staged = async (client: ImageClient) => {
    const { id } = await client.create();
    expect(await client.status('PUT', `/v2/images/${id}/stage`, DATA, OCTETS)).toBe(204);
    return id;
  };
  const isActive = (client: ImageClient, id: string) => eventually(async () => expect((await client.show(id)).status).toBe('active'), 20_000);

  it('have the one import that has the bytes, whichever is asked, without any address', async () => {
    const [a, b] = [await node('a'), await node('b')];
    const id = await staged(a);
    expect(await b.status('POST', `/v2/images/${id}/import`, DIRECT)).toBe(202);
    await isActive(b, id);
    expect(Buffer.from(await (await b.request(`/v2/images/${id}/file`)).arrayBuffer()).equals(DATA)).toBe(true);
    expect([existsSync(join(folder, 'a', id)), existsSync(join(folder, 'b', id))]).toEqual([false, false]);
  }, 60_000);

  it('hand an import on to the node whose worker_self_reference_url is known; 504 where it is gone', async () => {
    const port = await freePort();
    const here = (url: string) => [`worker_self_reference_url = ${url}`];
    const a = await node('a', here(`http://127.0.0.1:${port}`));
    const b = await node('b', here('http://127.0.0.1:1'));
    const id = await staged(a);
    // What that address leads to is up to the operator: nothing listens there yet.
    expect(await b.status('POST', `/v2/images/${id}/import`, DIRECT)).toBe(504);
    expect((await b.show(id)).status).toBe('uploading');
    const { createServer } = await import('node:http');
    const seen: string[] = [];
    const answers = [418, 202];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${String(request.headers['x-auth-token'])}`);
      request.resume().once('end', () => response.writeHead(answers.shift() ?? 202).end());
    }).listen(port, '127.0.0.1');
    expect(await b.status('POST', `/v2/images/${id}/import`, DIRECT)).toBe(418);
    expect(await b.status('POST', `/v2/images/${id}/import`, DIRECT)).toBe(202);
    expect(seen).toEqual([`POST /v2/images/${id}/import u:p:member,reader`, `POST /v2/images/${id}/import u:p:member,reader`]);
    proxy.removeAllListeners('request').on('request', (request) => void request.socket.destroy());
    expect(await b.status('POST', `/v2/images/${id}/import`, DIRECT)).toBe(502);
    proxy.close();
    expect(await a.status('POST', `/v2/images/${id}/import`, DIRECT)).toBe(202);
    await isActive(a, id);
    const other = await staged(a);
    expect((await b.delete(other)).status).toBe(204);
    await eventually(async () => expect(existsSync(join(folder, 'a', other))).toBe(false), 20_000);
  }, 60_000);

  it('import what another has staged in a store that both reach, although that one is gone', async () => {
    const shared = ['[staging]', 'store = waiting'];
    const [a, b] = [await node('a', shared), await node('b', shared)];
    const id = await staged(a);
    expect(existsSync(join(folder, 'waiting', `staged-${id}`))).toBe(true);
    await servers[0]?.end('SIGKILL');
    expect(await b.status('POST', `/v2/images/${id}/import`, DIRECT)).toBe(202);
    await isActive(b, id);
    expect([existsSync(join(folder, 'waiting', `staged-${id}`)), existsSync(join(folder, 'images', id))]).toEqual([false, true]);
  }, 90_000);
});
