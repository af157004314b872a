import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Catalog } from '#access';
import { UriFilter, WebDownload, type UriFilterOptions } from '#stores';
import { GlanceDownload } from './glance-download.js';
import { checkRemoteImage } from './remote-image.js';

const ID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const TOKEN = 't0ken';
const DATA = Buffer.from('the data of an image');
const HASH = createHash('sha512').update(DATA).digest('hex');
const IMAGE = { id: ID, status: 'active', size: DATA.length, disk_format: 'raw', container_format: 'bare', os_hash_algo: 'sha512', os_hash_value: HASH };

/** Another region's Glance, and what it was asked. */
describe('a glance-download', () => {
  let server: Server;
  let url: string;
  let document: unknown;
  let data: Buffer;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${String(request.headers['x-auth-token'])}`);
      if (request.headers['x-auth-token'] !== TOKEN) return void response.writeHead(401).end();
      if (request.url === `/image/v2/images/${ID}`) return void response.end(typeof document === 'string' ? document : JSON.stringify(document));
      if (request.url === `/image/v2/images/${ID}/file`) return void response.writeHead(200, { 'content-length': data.length }).end(data);
      response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/image`;
  });
  afterAll(() => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  }));
  beforeEach(() => {
    document = IMAGE;
    data = DATA;
    asked.length = 0;
  });

  const catalog = (endpoint = url): Catalog => [
    { type: 'volume', name: 'cinder', endpoints: [{ interface: 'public', region: 'There', url: 'http://10.0.0.1/' }] },
    { type: 'image', name: 'glance', endpoints: [
      { interface: 'public', region: 'Here', url: 'http://10.0.0.2/' }, { interface: 'admin', region: 'There', url: 'http://10.0.0.3/' }, { interface: 'public', region: 'There', url: endpoint },
    ] },
  ];
  const open = async (method: Record<string, string> = {}, given: { catalog?: Catalog; filter?: Partial<UriFilterOptions>; maxSize?: number; token?: string; prefixes?: readonly string[] } = {}) => {
    const web = new WebDownload(new UriFilter(given.filter ?? { allowedPorts: [], allowPrivateAddresses: true }));
    const glance = new GlanceDownload(web, async (token) => (token === TOKEN ? (given.catalog ?? catalog()) : undefined), { maxSize: given.maxSize ?? 1e6, copiedProperties: given.prefixes ?? ['hw_', 'trait:', 'os_'] });
    const checked = checkRemoteImage({ name: 'glance-download', glance_region: 'There', glance_image_id: ID, ...method });
    const { body, ...said } = await glance.open(checked, { token: 'token' in given ? given.token : TOKEN }, new AbortController().signal);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return { ...said, text: Buffer.concat(chunks).toString() };
  };
  const unusable = (message: string) => ({ code: 'RemoteImageUnusable', message: expect.stringContaining(message) as string });

  it('asks the endpoint of the region with the token of whoever asked for it', async () => {
    const { properties, ...said } = await open();
    expect(said).toEqual({ size: DATA.length, diskFormat: 'raw', containerFormat: 'bare', expected: { osHashAlgo: 'sha512', osHashValue: HASH }, text: DATA.toString() });
    expect(properties).toEqual({});
    expect(asked).toEqual([`GET /image/v2/images/${ID} ${TOKEN}`, `GET /image/v2/images/${ID}/file ${TOKEN}`]);
  });

  it.each(['/', '/v2', '/v2/', '/v2.1'])('takes an endpoint that ends with %s', async (end) => {
    expect((await open({}, { catalog: catalog(url + end) })).text).toBe(DATA.toString());
  });

  it('knows a region in other letters, and an id in braces', async () => {
    expect((await open({ glance_region: 'tHERE', glance_image_id: `{${ID}}` })).text).toBe(DATA.toString());
  });

  it('takes along the properties that are named by how they begin, and no attribute of images', async () => {
    document = { ...IMAGE, hw_disk_bus: 'scsi', 'trait:CPU': 'required', os_distro: 'debian', os_hidden: true, os_glance_import_task: 'x', owner: 'them', mine: 'x', hw_number: 3 };
    expect((await open()).properties).toEqual({ hw_disk_bus: 'scsi', 'trait:CPU': 'required', os_distro: 'debian' });
    expect((await open({}, { prefixes: ['o', 'id', 's', '__'] })).properties).toEqual({ os_distro: 'debian' });
    expect((await open({}, { prefixes: [] })).properties).toEqual({});
  });

  it.each([
    [{ ...IMAGE, status: 'queued' }, 'Source image status should be active instead of queued'],
    [{ ...IMAGE, status: '<b>' }, 'instead of unknown'],
    [{ ...IMAGE, size: null }, 'has no size'],
    [{ ...IMAGE, size: -1 }, 'has no size'],
    [{ ...IMAGE, disk_format: null }, 'has no disk_format'],
    ['[]', 'is no image'],
    ['<html>', 'is no image'],
  ])('takes no %j', async (other, message) => {
    document = other;
    await expect(open()).rejects.toMatchObject(unusable(message));
    expect(asked).toHaveLength(1);
  });

  it('needs a region with such an endpoint, and a token that is still good', async () => {
    await expect(open({ glance_region: 'Nowhere' })).rejects.toMatchObject(unusable('no public endpoint of an image service in region Nowhere'));
    await expect(open({ glance_service_interface: 'internal' })).rejects.toMatchObject(unusable('no internal endpoint'));
    await expect(open({}, { token: 'ended' })).rejects.toMatchObject(unusable('not valid any more'));
    await expect(open({}, { token: undefined })).rejects.toMatchObject(unusable('without a token'));
    expect(asked).toEqual([]);
  });

  it('fails with what the other Glance answers', async () => {
    await expect(open({ glance_image_id: ID.replace('f', 'e') })).rejects.toMatchObject({ code: 'DownloadFailed', reason: 'the server answers 404 Not Found' });
  });

  it('fails where the data has another size than the image, or more than images may have', async () => {
    data = Buffer.from('less');
    await expect(open()).rejects.toMatchObject({ code: 'DownloadFailed', reason: `it has 4 bytes, not ${DATA.length}` });
    data = DATA;
    await expect(open({}, { maxSize: 5 })).rejects.toMatchObject({ code: 'DownloadTooLarge' });
  });

  it('only has a size to compare where the hash is one that cannot be computed here', async () => {
    document = { ...IMAGE, os_hash_algo: 'h0me-made' };
    expect(await open()).not.toHaveProperty('expected');
  });

  it('lp 2138602: asks no endpoint that the URI filter refuses', async () => {
    const message = expect.stringContaining('URI for glance-download does not pass filtering') as string;
    await expect(open({}, { filter: {} })).rejects.toMatchObject({ code: 'UriRefused', rule: 'allowed_ports', message });
    await expect(open({}, { filter: { allowedPorts: [] } })).rejects.toMatchObject({ code: 'UriRefused', rule: 'allow_private_addresses', message });
    expect(asked).toEqual([]);
  });
});
