import { RESOURCES as OF_V1 } from '../../apps/api/src/v1/routes.js';
import { RESOURCES as OF_V2 } from '../../apps/api/src/v2/routes.js';
import { ImageClient } from '../support/image-client.js';
import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

const RESOURCES = [...OF_V2.map((one) => ({ ...one, path: `/v2${one.path}` })), ...OF_V1.map((one) => ({ ...one, path: `/v1${one.path}` }))];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

describe.each([{ memory: false }, { memory: true }])('OSSN-0048: a method that a resource does not have (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let image: string;
  beforeAll(async () => {
    server = await Server.start({ memory });
    image = (await new ImageClient(server).create({ tags: ['t'] })).id;
  }, 60_000);
  afterAll(() => server.dispose());

  const ask = async (method: string, target: string) => {
    const { answer, next } = await exchange(new URL(server.url), { method, target, headers: [['Content-Type', 'application/octet-stream']], body: Buffer.alloc(0) });
    return { status: answer?.status, allow: answer?.headers.get('allow'), next: next?.status };
  };

  it.each(RESOURCES)('of $path is 405 with those that it has: $methods', async ({ path, methods }) => {
    const target = path.replace('{image_id}', image).replace('{tag}', 't').replace(/\{\w+\}/g, 'x');
    for (const method of METHODS.filter((one) => !methods.includes(one))) {
      expect({ method, ...(await ask(method, target)) }).toEqual({ method, status: 405, allow: methods.join(', '), next: 200 });
    }
    expect(await new ImageClient(server).show(image)).toMatchObject({ id: image, status: 'queued', tags: ['t'] });
  });

  it('is 404 where there is no resource, and 501 where nobody has the method either', async () => {
    const nowhere = await Promise.all(METHODS.map(async (method) => [method, (await ask(method, '/v2/nonesuch')).status]));
    const known = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
    expect(nowhere).toEqual(METHODS.map((method) => [method, known.includes(method) ? 404 : 501]));
  });

  it('is not smuggled past in a header or in small letters', async () => {
    for (const headers of [{ 'X-HTTP-Method-Override': 'DELETE' }, { 'X-Method-Override': 'DELETE' }]) {
      expect((await fetch(`${server.url}/v2/images/${image}`, { method: 'POST', headers })).status).toBe(405);
    }
    expect(await ask('delete', `/v2/images/${image}`)).toMatchObject({ status: 405, allow: 'GET, PATCH, DELETE' });
    expect((await ask('GET', `/v2/images/${image}`)).status).toBe(200);
  });
});
