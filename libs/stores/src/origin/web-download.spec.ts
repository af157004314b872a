import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { UriFilter, type UriFilterOptions } from '../uri-filter/uri-filter.js';
import { WebDownload, type DownloadRequest, type WebDownloadOptions } from './web-download.js';
import { rawServer, selfSigned, webServer, type WebServer } from './web-server.fixture.js';

const LOOPBACK: Partial<UriFilterOptions> = { allowedHosts: ['127.0.0.1', 'localhost'], allowedPorts: [] };
const downloads = (options: WebDownloadOptions = {}, filter = LOOPBACK) => new WebDownload(new UriFilter(filter), { retryPauseMs: 1, ...options });

const servers: WebServer[] = [];
async function kept(opening: Promise<WebServer>): Promise<WebServer> {
  const server = await opening;
  servers.push(server);
  return server;
}
const serve = (handle: RequestListener, tls?: Parameters<typeof webServer>[1]) => kept(webServer(handle, tls));
/** Answers once the request came. */
const speak = (answer: (socket: Socket) => void) => kept(rawServer((socket) => socket.once('data', () => answer(socket))));

async function fetched(uri: string, request: DownloadRequest = {}, using = downloads()): Promise<{ size: number | undefined; text: string }> {
  const { size, body } = await using.open(uri, request);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { size, text: Buffer.concat(chunks).toString('latin1') };
}

const failure = async (...args: Parameters<typeof fetched>): Promise<unknown> => {
  try {
    return await fetched(...args);
  } catch (error) {
    return error;
  }
};
const failed = (reason: string, transient: boolean) => ({ code: 'DownloadFailed', reason, transient });

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

describe('a download for an import', () => {
  it('gives size and data, asked for as they are', async () => {
    const server = await serve((_request, response) => void response.writeHead(200, { 'content-length': 5 }).end('hello'));
    expect(await fetched(`${server.url}/image.raw?a=b`)).toEqual({ size: 5, text: 'hello' });
    expect(server.requests[0]).toMatchObject({ method: 'GET', url: '/image.raw?a=b', headers: { 'accept-encoding': 'identity' } });
  });

  it.each([
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
    ['until the connection ends', 'HTTP/1.0 200 OK\r\n\r\nhello'],
  ])('takes data without a size, %s', async (_how, answer) => {
    const server = await speak((socket) => socket.end(answer));
    expect(await fetched(server.url)).toEqual({ size: undefined, text: 'hello' });
  });

  it.each([
    [404, 'the server answers 404 Not Found', false], [403, 'the server answers 403 Forbidden', false], [401, 'the server answers 401 Unauthorized', false],
    [500, 'the server answers 500 Internal Server Error', true], [503, 'the server answers 503 Service Unavailable', true], [429, 'the server answers 429 Too Many Requests', true],
    [204, 'the server answers 204 No Content', false], [206, 'the server answers 206 Partial Content', false], [299, 'the server answers 299', false],
  ])('fails where the answer has status %i', async (status, reason, transient) => {
    const server = await serve((_request, response) => void response.writeHead(status, 'words of <b>theirs</b>').end());
    expect(await failure(server.url)).toMatchObject(failed(reason, transient));
    expect(server.requests).toHaveLength(1);
  });

  it('is not larger than an image may be, whether that is announced or not', async () => {
    let sent = 0;
    const server = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 1001);
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(500), () => {
        sent += 500;
        setImmediate(more);
      }));
      more();
    });
    const tooLarge = { code: 'DownloadTooLarge', maxSize: 1000, message: expect.stringContaining('more than the 1000 bytes') as string };
    expect(await failure(`${server.url}/announced`, { maxSize: 1000 })).toMatchObject(tooLarge);
    expect(await failure(`${server.url}/endless`, { maxSize: 1000 })).toMatchObject(tooLarge);
    const exact = await serve((_request, response) => void response.end('x'.repeat(1000)));
    expect((await fetched(exact.url, { maxSize: 1000 })).text).toHaveLength(1000);
    expect(sent).toBeGreaterThan(0);
  });

  it.each([
    ['is shorter than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', 'the data ended early, after 5 bytes', true],
    ['ends before its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 'the data ended early, after 5 bytes', true],
    ['is longer than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhello', 'what it sends is not as long as it says', false],
    ['has a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n', 'what it sends is not as long as it says', false],
  ])('fails where the data %s', async (_what, answer, reason, transient) => {
    const server = await speak((socket) => socket.end(answer));
    expect(await failure(server.url)).toMatchObject(failed(reason, transient));
  });

  it('fails where the connection breaks, though nothing announced how long the data is', async () => {
    const server = await speak((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nhello', () => setTimeout(() => socket.resetAndDestroy(), 50)));
    expect(await failure(server.url)).toMatchObject(failed('the data ended early, after 5 bytes', true));
  });

  it('fails where two lengths are announced', async () => {
    const server = await speak((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello'));
    expect(await failure(server.url)).toMatchObject({ code: 'DownloadFailed' });
  });

  it('takes no data in an encoding that it did not ask for, but that of a file that is compressed itself', async () => {
    const packed = gzipSync('hello');
    const server = await serve((_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
    expect(await failure(`${server.url}/image.raw`)).toMatchObject(failed('the server sends the data in another content encoding than it was asked for', false));
    expect((await fetched(`${server.url}/image.raw.gz`)).text).toBe(packed.toString('latin1'));
  });
});

describe('a download that does not go on', () => {
  const never: RequestListener = () => undefined;
  const stalls: RequestListener = (_request, response) => void response.writeHead(200, { 'content-length': 10 }).write('hello');

  it('fails where no answer comes, or slowly', async () => {
    const impatient = downloads({ answerTimeoutMs: 50 });
    const slow = await speak((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x: y\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    for (const server of [await serve(never), slow]) expect(await failure(server.url, {}, impatient)).toMatchObject(failed('there was no answer in 0.05 s', true));
  });

  it('fails where the data stalls', async () => {
    const server = await serve(stalls);
    expect(await failure(server.url, {}, downloads({ idleTimeoutMs: 50 }))).toMatchObject(failed('nothing came for 0.05 s', true));
  });

  it.each(['', 'Content-Length: 100000\r\n', 'Transfer-Encoding: chunked\r\n'])('fails where the data trickles for too long (%j)', async (header) => {
    const server = await speak((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n`);
      const timer = setInterval(() => socket.write(header.includes('chunked') ? '1\r\nx\r\n' : 'x'), 5);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await failure(server.url, {}, downloads({ totalTimeoutMs: 200 }))).toMatchObject(failed('it takes too long', true));
  });

  it('ends with the reason of whoever ends it, at any time', async () => {
    const reason = new Error('enough');
    const openEnd: RequestListener = (_request, response) => void response.socket?.write('HTTP/1.1 200 OK\r\n\r\nhello');
    for (const handle of [never, stalls, openEnd]) {
      const server = await serve(handle);
      const control = new AbortController();
      setTimeout(() => control.abort(reason), 50);
      expect(await failure(server.url, { signal: control.signal })).toBe(reason);
    }
    expect(await failure('http://127.0.0.1:1/', { signal: AbortSignal.abort(reason) })).toBe(reason);
    const closed = await webServer(never);
    await closed.close();
    const control = new AbortController();
    setTimeout(() => control.abort(reason), 50);
    expect(await failure(closed.url, { signal: control.signal }, downloads({ retryPauseMs: 60_000 }))).toBe(reason);
  });
});

describe('a server that cannot be asked', () => {
  it('row 18: is told of with its reason, and with nothing that it says itself', async () => {
    const closed = await webServer(() => undefined);
    await closed.close();
    expect(await failure(closed.url)).toMatchObject(failed('the server refuses the connection', true));
    const other = await speak((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    expect(await failure(other.url)).toMatchObject(failed('the server does not speak HTTP', false));
    const headers = await speak((socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`));
    expect(await failure(headers.url)).toMatchObject(failed('the headers of the answer are too long', false));
  });

  it('is asked again where the connection breaks before an answer', async () => {
    let connections = 0;
    const server = await speak((socket) => {
      connections += 1;
      if (connections < 3) socket.destroy();
      else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    });
    expect(await fetched(server.url)).toEqual({ size: 5, text: 'hello' });
    connections = -10;
    expect(await failure(server.url, {}, downloads({ retries: 1 }))).toMatchObject(failed('the server broke the connection off', true));
    expect(connections).toBe(-8);
  });

  it('is not believed without a certificate that is valid', async () => {
    const tls = selfSigned();
    try {
      const server = await serve((_request, response) => void response.end('hello'), tls);
      expect(await failure(server.url)).toMatchObject(failed("the server's certificate is not valid (DEPTH_ZERO_SELF_SIGNED_CERT)", false));
      expect(await failure(server.url.replace('https:', 'http:'))).toMatchObject({ code: 'DownloadFailed' });
      expect((await fetched(server.url, {}, downloads({ caFile: tls.certFile }))).text).toBe('hello');
      const plain = await serve(() => undefined);
      expect(await failure(plain.url.replace('http:', 'https:'))).toMatchObject(failed('TLS with the server fails', false));
    } finally {
      tls.dispose();
    }
  });
});

describe('what a download tells', () => {
  it('row 18: is the rule of the filter that refused, of the URI itself and of what it redirects to', async () => {
    expect(await failure('http://127.0.0.1/', {}, downloads({}, {}))).toMatchObject({ code: 'UriRefused', rule: 'allow_private_addresses', message: expect.stringMatching(/^URI for web-download does not pass filtering: http:\/\/127\.0\.0\.1\/ \(/) as string });
    const server = await serve((_request, response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end());
    expect(await failure(server.url)).toMatchObject({
      code: 'UriRefused', rule: 'allowed_hosts',
      message: expect.stringMatching(/^URI for web-download, where it was redirected to, does not pass filtering: http:\/\/169\.254\.169\.254\/latest\/meta-data \(.*allowed_hosts\)$/) as string,
    });
  });

  it('row 18: is that redirects lead nowhere', async () => {
    const server = await serve((request, response) => void response.writeHead(302, { location: request.url === '/none' ? '' : '/again' }).end());
    expect(await failure(server.url)).toMatchObject(failed('it redirects more than 5 times', false));
    expect(await failure(`${server.url}/none`)).toMatchObject(failed('it redirects to what is no URL', false));
  });

  it('is nothing secret of the URI', async () => {
    const server = await serve((_request, response) => void response.writeHead(403).end());
    const error = await failure(`${server.url.replace('://', '://me:s3cret@')}/image?X-Signature=s3cret#s3cret`);
    expect(String(error)).toBe(`Error: The download of http://***@127.0.0.1:${server.port}/image?… failed: the server answers 403 Forbidden.`);
  });

  it('lp 2138602: is no credential to another server than the one that it is for', async () => {
    const other = await serve((_request, response) => void response.end('hello'));
    const server = await serve((request, response) => void response.writeHead(302, { location: request.url === '/' ? '/same' : other.url }).end());
    expect(await fetched(server.url, { credentials: { 'x-auth-token': 't0ken' } })).toMatchObject({ text: 'hello' });
    expect(server.requests.map(({ headers }) => headers['x-auth-token'])).toEqual(['t0ken', 't0ken']);
    expect(other.requests[0]?.headers).not.toHaveProperty('x-auth-token');
  });
});
