import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Server } from '../support/server.js';
import { TOKENS } from '../support/story.js';
import { FORMATS, imageIn, OCTETS, V1Client } from '../support/v1-client.js';

const CAP = 100_000;
const DATA = Buffer.alloc(70_000, 'image data ');

describe.each([{ memory: true }, { memory: false }])('Images API v1: the data of images (memory drivers: $memory)', ({ memory }) => {
  let origin: Origin;
  let database: TestDatabase | undefined;
  let server: Server;
  let alice: V1Client;
  let root: V1Client;
  beforeAll(async () => {
    origin = await Origin.start();
    origin.files.set('/disk', DATA);
    database = memory ? undefined : await testDatabase();
    server = await Server.start({
      memory,
      conf: [
        `image_size_cap = ${CAP}`, 'enabled_import_methods = []', 'user_storage_quota = 1000000', '[paste_deploy]', 'flavor = fakeauth', '[import_filtering_opts]', 'allowed_hosts = 127.0.0.1', 'allowed_ports = ',
        database ? `[database]\nconnection = ${database.url}` : '',
      ].join('\n') + '\n',
    });
    alice = new V1Client(server, TOKENS.alice);
    root = alice.as(TOKENS.root);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await database?.drop();
    await origin.close();
  });

  const id = (n: number) => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`;
  const stored = () => (existsSync(server.imagesDir) ? readdirSync(server.imagesDir).filter((name) => name !== '.afterimage') : []);
  const statusOf = async (image: string) => (await alice.meta(image))['x-image-meta-status'];
  let next = 0;
  /** What an upload that must fail answers, and what becomes of its image. */
  async function refused(headers: Record<string, string>, body: Buffer | readonly Buffer[] | string): Promise<{ status: number; image: string | undefined; kept: boolean }> {
    const image = id((next += 1));
    const status = await alice.status('POST', '/images', { ...FORMATS, ...OCTETS, 'x-image-meta-id': image, ...headers }, body);
    return { status, image: await statusOf(image), kept: stored().some((name) => name.includes(image)) };
  }

  it.each([['with its length', DATA], ['in chunks', [DATA.subarray(0, 10), DATA.subarray(10)]], ['of no bytes, in chunks', []]] satisfies [string, Buffer | Buffer[]][])('takes data %s with the creation, and gives it back', async (_title, body) => {
    const image = await alice.create({ 'x-image-meta-name': 'd' }, body);
    const whole = Buffer.isBuffer(body) ? body : Buffer.concat(body);
    expect(image).toMatchObject({ status: 'active', size: whole.length });
    const { status, headers, body: got } = await alice.send('GET', `/images/${image.id}`, { range: 'bytes=0-3' });
    expect([status, headers['content-type'], headers['content-length'], headers['x-image-meta-name']]).toEqual([200, 'application/octet-stream', String(whole.length), 'd']);
    expect(got.equals(whole)).toBe(true);
  });

  it('takes data later, once, and keeps the properties then', async () => {
    const { id: image } = await alice.create({ 'x-image-meta-property-a': '1' });
    expect(await alice.status('GET', `/images/${image}`)).toBe(404);
    const done = imageIn(await alice.send('PUT', `/images/${image}`, { ...OCTETS, 'x-image-meta-property-b': '2' }, DATA));
    expect(done).toMatchObject({ status: 'active', size: DATA.length, properties: { a: '1', b: '2' } });
    expect(await alice.status('PUT', `/images/${image}`, OCTETS, DATA)).toBe(409);
    expect(await alice.status('PUT', `/images/${image}`, { 'x-glance-api-copy-from': `${origin.url}/disk` })).toBe(400);
    expect(await alice.status('PUT', `/images/${image}`, { 'x-image-meta-location': `${origin.url}/disk` })).toBe(400);
    expect(await statusOf(image)).toBe('active');
  });

  it.each([
    ['as text', { 'content-type': 'text/plain' }, 'x', 400], ['with another checksum', { 'x-image-meta-checksum': '0'.repeat(32) }, 'x', 400], ['shorter than its size', { 'x-image-meta-size': '9' }, 'x', 400],
    ['longer than its size', { 'x-image-meta-size': '1' }, 'xyz', 400],
  ])('kills an image whose data comes %s, and keeps no byte', async (_title, headers, body, status) => {
    expect(await refused(headers, body)).toEqual({ status, image: 'killed', kept: false });
  });

  it('seed 16: bug 1038994: refuses what is declared too large before anything is made, and kills what proves to be', async () => {
    expect(await refused({}, Buffer.alloc(CAP + 1))).toEqual({ status: 400, image: undefined, kept: false });
    expect(await refused({ 'x-image-meta-size': String(CAP + 1) }, [Buffer.from('x')])).toEqual({ status: 400, image: undefined, kept: false });
    expect(await refused({}, [Buffer.alloc(CAP), Buffer.alloc(CAP)])).toEqual({ status: 413, image: 'killed', kept: false });
  });

  it('kills an image for which its owner has no room', async () => {
    const poor = alice.as('p:poor:member');
    for (let n = 0; n < 10; n++) await poor.create({}, Buffer.alloc(CAP));
    const image = id(900);
    expect(await poor.status('POST', '/images', { ...FORMATS, ...OCTETS, 'x-image-meta-id': image }, DATA)).toBe(413);
    expect((await poor.meta(image))['x-image-meta-status']).toBe('killed');
  });

  it('kills an image whose client went away', async () => {
    const image = id(901);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const meta = Object.entries({ ...FORMATS, ...OCTETS, 'x-image-meta-id': image, 'x-auth-token': TOKENS.alice, 'content-length': '50000', host: 'x' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /v1/images HTTP/1.1\r\n${meta.join('')}\r\n${'x'.repeat(20_000)}`);
    await eventually(async () => expect(await statusOf(image)).toBe('saving'));
    socket.destroy();
    await eventually(async () => expect(await statusOf(image)).toBe('killed'));
    expect(stored().filter((name) => name.includes(image))).toEqual([]);
  });

  it('shows a killed image by its id in both versions and in no list, and lets it be deleted', async () => {
    const image = id(902);
    await alice.send('POST', '/images', { ...FORMATS, 'content-type': 'text/plain', 'x-image-meta-id': image }, 'x');
    const v2 = new ImageClient(server, TOKENS.alice);
    expect(await v2.show(image)).toMatchObject({ status: 'killed' });
    expect((await v2.list('?limit=1000')).images.map((one) => one.id)).not.toContain(image);
    expect((await v2.put(image, 'again')).status).toBe(409);
    expect(await alice.status('PUT', `/images/${image}`, OCTETS, 'again')).toBe(409);
    expect(await alice.status('DELETE', `/images/${image}`)).toBe(200);
  });

  it('is active at once where its size is 0, and of no bytes', async () => {
    const image = await alice.create({ 'x-image-meta-size': '0', 'x-image-meta-property-snapshot': '1' });
    expect(image).toMatchObject({ status: 'active', size: 0 });
    const { status, body } = await alice.send('GET', `/images/${image.id}`);
    expect([status, body.length]).toEqual([200, 0]);
    expect(await new ImageClient(server, TOKENS.alice).status('GET', `/v2/images/${image.id}/file`)).toBe(204);
    expect(await alice.status('DELETE', `/images/${image.id}`)).toBe(200);
  });

  it('leaves data where the client says that it is', async () => {
    const image = await alice.create({ 'x-image-meta-location': `${origin.url}/disk` });
    expect(image).toMatchObject({ status: 'active', size: DATA.length });
    expect((await alice.send('GET', `/images/${image.id}`)).body.equals(DATA)).toBe(true);
    expect(await alice.status('POST', '/images', { ...FORMATS, 'x-image-meta-location': `${origin.url}/nowhere` })).toBe(404);
    expect(await alice.status('POST', '/images', { ...FORMATS, 'x-image-meta-location': `${origin.url}/disk`, 'x-image-meta-size': '7' })).toBe(409);
    expect(await alice.status('POST', '/images', { 'x-image-meta-location': `${origin.url}/disk` })).toBe(400);
    const later = await alice.create();
    expect(await alice.status('PUT', `/images/${later.id}`, { 'x-image-meta-location': `${origin.url}/disk` })).toBe(200);
    expect(await statusOf(later.id)).toBe('active');
  });

  it('copies from elsewhere after it answered, and kills what cannot be copied', async () => {
    const good = await alice.create({ 'x-glance-api-copy-from': `${origin.url}/disk` });
    expect(good).toMatchObject({ status: 'queued' });
    const bad = await alice.create({ 'x-glance-api-copy-from': `${origin.url}/nowhere` });
    const later = await alice.create();
    expect(imageIn(await alice.send('PUT', `/images/${later.id}`, { 'x-glance-api-copy-from': `${origin.url}/disk` }))).toMatchObject({ status: 'queued' });
    await eventually(async () => expect([await statusOf(good.id), await statusOf(bad.id), await statusOf(later.id)]).toEqual(['active', 'killed', 'active']));
    expect((await alice.send('GET', `/images/${good.id}`)).body.equals(DATA)).toBe(true);
  });

  it('CVE-2017-7200: copies from no place that imports may not come from', async () => {
    for (const uri of ['http://10.0.0.1/x', 'http://[::1]/x', 'http://169.254.169.254/latest', 'gopher://127.0.0.1/x', 'file:///etc/passwd']) {
      expect(await alice.status('POST', '/images', { ...FORMATS, 'x-glance-api-copy-from': uri })).toBe(400);
      expect(await alice.status('POST', '/images', { ...FORMATS, 'x-image-meta-location': uri })).toBe(400);
    }
  });

  it('gives the data of a deactivated image to admins alone', async () => {
    const { id: image } = await alice.create({}, DATA);
    expect(await new ImageClient(server, TOKENS.root).status('POST', `/v2/images/${image}/actions/deactivate`)).toBe(204);
    expect([await alice.status('GET', `/images/${image}`), await root.status('GET', `/images/${image}`)]).toEqual([403, 200]);
  });
});
