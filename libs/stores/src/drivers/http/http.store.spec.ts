import type { RequestListener } from 'node:http';
import { GuardedStore } from '../../guarded-store.js';
import { rawServer, selfSigned, webServer, type WebServer } from '../../origin/web-server.fixture.js';
import { bytesOf, contentOf, readingContract } from '../../reading.contract.js';
import { all } from '../../listing.contract.js';
import { UriFilter, type UriFilterOptions } from '../../uri-filter/uri-filter.js';
import { HttpStore, type HttpOptions } from './http.store.js';

const LOOPBACK: Partial<UriFilterOptions> = { allowedHosts: ['127.0.0.1', 'localhost'], allowedPorts: [] };
const storeOf = (options: HttpOptions = {}, filter: Partial<UriFilterOptions> = LOOPBACK) => new HttpStore('web', new UriFilter(filter), options);
const DATA = bytesOf(100_000);

/** As a good server does: HEAD, and single ranges. */
const files = (data: ReadonlyMap<string, Buffer>, ranges = true): RequestListener => (request, response) => {
  const found = data.get(request.url ?? '');
  if (!found) return void response.writeHead(404).end('no such file');
  const [, first = '', last = ''] = (ranges && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')) || [];
  if (first !== '' && Number(first) >= found.length) return void response.writeHead(416, { 'content-range': `bytes */${found.length}` }).end();
  const body = first === '' ? found : found.subarray(Number(first), Number(last) + 1);
  const range = first === '' ? {} : { 'content-range': `bytes ${first}-${Number(first) + body.length - 1}/${found.length}` };
  response.writeHead(first === '' ? 200 : 206, { 'content-length': body.length, ...range });
  response.end(request.method === 'HEAD' ? undefined : body);
};

const servers: WebServer[] = [];
const kept = async (server: Promise<WebServer>): Promise<WebServer> => {
  servers.push(await server);
  return server;
};
const serve = (handle: RequestListener) => kept(webServer(handle));
/** Answers every connection with this text, whatever it asks. */
const answering = (answer: string) => kept(rawServer((socket) => socket.once('data', () => socket.end(answer))));

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The tests of writing are not for it: it takes no data. */
describe('http store', () => {
  const tls = selfSigned();
  afterAll(() => tls.dispose());

  describe.each([['http', true], ['http, of servers that know no ranges', false], ['https', true]])('over %s', (protocol, ranges) => {
    readingContract(async () => {
      const data = new Map<string, Buffer>();
      const secure = protocol === 'https';
      const server = await webServer(files(data, ranges), secure ? tls : undefined);
      let next = 0;
      const place = async (bytes: Buffer) => {
        const path = `/images/${(next += 1)}`;
        data.set(path, bytes);
        return server.url + path;
      };
      return { driver: storeOf(secure ? { caFile: tls.certFile } : {}), place, missing: async () => `${server.url}/missing`, dispose: () => server.close() };
    }, { "refuses the location 'http://example.org/x'": 'a location of any web server is one of its own' });
  });

  it('takes no data', async () => {
    const store = new GuardedStore('web', storeOf());
    expect([store.type, store.schemes, store.readOnly]).toEqual(['http', ['http', 'https'], true]);
    const put = store.put({ attempt: { imageId: 'i', uploadId: 'u' }, source: (async function* () { yield DATA; })(), maxSize: 1e6, hashAlgorithm: 'sha256', mayReplace: async () => true });
    await expect(put).rejects.toMatchObject({ code: 'StoreReadOnly' });
    await expect(storeOf().begin()).rejects.toMatchObject({ code: 'StoreReadOnly' });
    await store.discard({ imageId: 'i', uploadId: 'u' }, true);
    expect([await all(store.list()), await all(store.parts())]).toEqual([[], []]);
  });

  it('never removes anything at the server', async () => {
    const server = await serve(files(new Map([['/x', DATA]])));
    expect(await storeOf().remove(`${server.url}/x`)).toBe(false);
    expect(server.requests).toEqual([]);
    expect((await contentOf(await storeOf().read(`${server.url}/x`))).equals(DATA)).toBe(true);
  });

  it.each(['http://', 'http:///x', 'http:x', 'https://?x', 'ftp://h/x', 'http://h:port/', 'http://h:99999/x'])('does not take %s for a location', async (url) => {
    await expect(storeOf().read(url)).rejects.toMatchObject({ code: 'BadLocation' });
    await expect(storeOf().remove(url)).rejects.toMatchObject({ code: 'BadLocation' });
  });

  it('reads through redirects', async () => {
    const server = await serve(files(new Map([['/x', DATA]])));
    const start = await serve((_request, response) => void response.writeHead(307, { location: `${server.url}/x` }).end());
    expect(await storeOf().size(start.url)).toBe(DATA.length);
    expect((await contentOf(await storeOf().read(start.url, { start: 5, end: 7 }))).equals(DATA.subarray(5, 8))).toBe(true);
  });
});

describe('the size of a location', () => {
  const sizeFrom = async (handle: RequestListener) => storeOf().size((await serve(handle)).url);

  it.each([405, 403, 501, 500])('is asked for by GET where HEAD answers %i', async (status) => {
    const get = files(new Map([['/', DATA]]));
    expect(await sizeFrom((request, response) => (request.method === 'HEAD' ? void response.writeHead(status).end() : get(request, response)))).toBe(DATA.length);
  });

  it('is asked for by GET where HEAD tells none, or 0', async () => {
    const get = files(new Map([['/', DATA]]), false);
    expect(await sizeFrom((request, response) => (request.method === 'HEAD' ? void response.end() : get(request, response)))).toBe(DATA.length);
    expect(await sizeFrom((request, response) => (request.method === 'HEAD' ? void response.writeHead(200, { 'content-length': 0 }).end() : get(request, response)))).toBe(DATA.length);
  });

  it.each([404, 410])('of what is not there (%i) is not found', async (status) => {
    await expect(sizeFrom((_request, response) => void response.writeHead(status).end())).rejects.toMatchObject({ code: 'DataNotFound' });
  });

  it.each<[string, RequestListener]>([
    ['that no answer tells', (request, response) => void (request.method === 'HEAD' ? response.end() : response.write('x', () => response.end()))],
    ['that the range leaves open', (_request, response) => void response.writeHead(206, { 'content-range': 'bytes 0-0/*' }).end('x')],
    ['of something else', (_request, response) => void response.writeHead(206, { 'content-range': 'bytes 5-5/10' }).end('x')],
    ['behind a login', (_request, response) => void response.writeHead(401).end()],
    ['of a server in trouble', (_request, response) => void response.writeHead(503).end()],
    ['that is no safe number', (_request, response) => void response.writeHead(206, { 'content-range': `bytes 0-0/${'9'.repeat(20)}` }).end('x')],
    ['of a redirect without end', (_request, response) => void response.writeHead(302, { location: '/' }).end()],
  ])('%s makes the location unusable', async (_what, handle) => {
    await expect(sizeFrom(handle)).rejects.toMatchObject({ code: 'BadLocation' });
  });

  it('CVE-2017-7200: where there is no web server is refused in the same words for every port, and shows no URL', async () => {
    const closed = await webServer(() => undefined);
    await closed.close();
    const ports = [
      closed, await answering('SSH-2.0-OpenSSH_9.9\r\n'), await kept(rawServer(() => undefined)), await kept(rawServer((socket) => socket.destroy())),
      await serve((_request, response) => void response.writeHead(403).end('secret')),
    ];
    const told = new Set<string>();
    for (const { url } of ports) await storeOf({ answerTimeoutMs: 300 }).size(`${url}/secret`).catch((error: Error & { code: string }) => told.add(`${error.code} ${error.message}`));
    expect([...told]).toEqual(['BadLocation The location cannot be used: no web server answers there with data whose size it tells.']);
  });

  it('CVE-2014-9493, lp 2138602: is not asked for where the filter refuses the URL', async () => {
    const server = await serve(files(new Map([['/', DATA]])));
    await expect(storeOf({}, {}).size(server.url)).rejects.toMatchObject({ code: 'UriRefused', rule: 'allowed_ports' });
    await expect(storeOf({}, { allowedPorts: [] }).size(server.url)).rejects.toMatchObject({ code: 'UriRefused', rule: 'allow_private_addresses' });
    expect(server.requests).toEqual([]);
  });
});

describe('reading a location', () => {
  const RANGE = { start: 10, end: 19 };
  const bytes = (url: string, range?: typeof RANGE) => storeOf({ answerTimeoutMs: 2000, idleTimeoutMs: 2000 }).read(url, range).then(contentOf);
  const body = 'x'.repeat(10);

  it('fails where there is no server any more, and shows no URL', async () => {
    const server = await webServer(() => undefined);
    await server.close();
    const error = await bytes(`http://user:pass@127.0.0.1:${server.port}/secret`).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'StoreUnavailable', cause: { code: 'OriginUnreachable' } });
    expect(String(error)).not.toMatch(/pass|secret|127/);
  });

  it('lp 2138602: passes the filter each time, and shows no URL that it refuses', async () => {
    const server = await serve(files(new Map([['/secret', DATA]])));
    const error = await storeOf({}, { allowedPorts: [] }).read(`${server.url}/secret`).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'StoreUnavailable', cause: { code: 'UriRefused' } });
    expect(String(error)).not.toMatch(/secret|127/);
    expect(server.requests).toEqual([]);
  });

  it.each([[404, 'DataNotFound'], [410, 'DataNotFound'], [401, 'StoreUnavailable'], [403, 'StoreUnavailable'], [416, 'StoreUnavailable'], [500, 'StoreUnavailable'], [503, 'StoreUnavailable'], [204, 'StoreUnavailable'], [304, 'StoreUnavailable']])(
    'fails before the first byte where the server answers %i', async (status, code) => {
      const server = await serve((_request, response) => void response.writeHead(status).end());
      await expect(storeOf().read(server.url)).rejects.toMatchObject({ code });
      await expect(storeOf().read(server.url, RANGE)).rejects.toMatchObject({ code });
    });

  it.each([
    ['is another one', 'Content-Range: bytes 0-9/100\r\nContent-Length: 10'],
    ['is shorter', 'Content-Range: bytes 10-18/100\r\nContent-Length: 9'],
    ['is longer', 'Content-Range: bytes 10-20/100\r\nContent-Length: 11'],
    ['is not named', 'Content-Length: 10'],
    ['has several parts', 'Content-Type: multipart/byteranges; boundary=x\r\nContent-Length: 10'],
    ['has another length than it says', 'Content-Range: bytes 10-19/100\r\nContent-Length: 11'],
    ['is not measured', 'Content-Range: pages 10-19/100\r\nContent-Length: 10'],
    ['has no end that can be told', 'Content-Range: bytes 10-19/100'],
  ])('fails before the first byte where the range that comes %s', async (_what, headers) => {
    const server = await answering(`HTTP/1.1 206 Partial Content\r\n${headers}\r\n\r\n${body}`);
    await expect(storeOf().read(server.url, RANGE)).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });

  it('fails before the first byte where the data is smaller than the range, or a part comes that nobody asked for', async () => {
    await expect(storeOf().read((await answering(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${body}`)).url, RANGE)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    await expect(storeOf().read((await answering(`HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\n${body}`)).url)).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });

  it.each<[string, string, typeof RANGE | undefined]>([
    ['the whole', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n', undefined],
    ['the whole, in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n', undefined],
    ['a range', 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-19/100\r\nContent-Length: 10\r\n\r\n1', RANGE],
    ['a range in whole chunks, one too few', 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-19/100\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n', RANGE],
    ['a range out of the whole, in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n', RANGE],
  ])('never ends early without an error: %s', async (_what, start, range) => {
    const server = await answering(start.endsWith('0\r\n\r\n') ? start : `${start}short`);
    await expect(bytes(server.url, range)).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });

  it('gives no byte beyond the range, and fails where the server sends more', async () => {
    const server = await answering('HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-19/100\r\nTransfer-Encoding: chunked\r\n\r\n14\r\naaaaaaaaaabbbbbbbbbb\r\n0\r\n\r\n');
    let text = '';
    const reading = async () => {
      for await (const chunk of await storeOf().read(server.url, RANGE)) text += chunk.toString();
    };
    await expect(reading()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(text).toBe('aaaaaaaaaa');
  });

  it('stops at what was announced, though the server goes on', async () => {
    const server = await answering(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${body}HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxxx`);
    expect((await bytes(server.url)).toString()).toBe(body);
  });

  it('lets the rest of the data be where a range was not heeded', async () => {
    let sent = 0;
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1e10 });
      const more = (): void => void (!response.destroyed && response.write(DATA, () => {
        sent += DATA.length;
        more();
      }));
      more();
    });
    expect((await bytes(server.url, RANGE)).equals(DATA.subarray(10, 20))).toBe(true);
    expect(sent).toBeLessThan(1e9);
  });
});
