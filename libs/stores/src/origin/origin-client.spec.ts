import type { RequestListener } from 'node:http';
import { UriFilter, type UriFilterOptions } from '../uri-filter/uri-filter.js';
import { bodyOf } from './body.js';
import { OriginClient, type OriginOptions } from './origin-client.js';
import { rawServer, selfSigned, webServer, type WebServer } from './web-server.fixture.js';

const LOOPBACK: Partial<UriFilterOptions> = { allowedHosts: ['127.0.0.1', 'localhost'], allowedPorts: [] };
const client = (filter: Partial<UriFilterOptions> = LOOPBACK, options: OriginOptions = {}) => new OriginClient(new UriFilter(filter), options);

async function textOf(url: string, using = client()): Promise<string> {
  const response = await using.open(url, { method: 'GET' });
  let text = '';
  for await (const chunk of bodyOf(response, 10_000)) text += chunk.toString();
  return `${response.statusCode} ${text}`;
}

const servers: WebServer[] = [];
async function serve(handle: RequestListener, tls?: Parameters<typeof webServer>[1]): Promise<WebServer> {
  const server = await webServer(handle, tls);
  servers.push(server);
  return server;
}
const hello: RequestListener = (_request, response) => void response.end('hello');
const redirect = (location: string | (() => string), status = 302): RequestListener => (_request, response) =>
  void response.writeHead(status, { location: typeof location === 'string' ? location : location() }).end();

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

describe('a request to a web server of others', () => {
  it('asks for the bytes as they are, by path and query without the fragment', async () => {
    const server = await serve(hello);
    expect(await textOf(`${server.url}/a%20b?c=d#new`)).toBe('200 hello');
    expect(server.requests[0]).toMatchObject({ url: '/a%20b?c=d', headers: { 'accept-encoding': 'identity', host: `127.0.0.1:${server.port}` } });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('connects to the address that passed the filter and asks no name server again', async () => {
    const server = await serve(hello);
    let asked = 0;
    const filter = new UriFilter({ allowedHosts: ['name.invalid'], allowedPorts: [] }, async () => {
      asked += 1;
      return [{ address: '127.0.0.1' }];
    });
    expect(await textOf(`http://name.invalid:${server.port}/`, new OriginClient(filter))).toBe('200 hello');
    expect([asked, server.requests[0]?.headers.host]).toEqual([1, `name.invalid:${server.port}`]);
  });

  it('lp 2138602: does not follow a name that answers otherwise the second time', async () => {
    const server = await serve(hello);
    const answers = ['127.0.0.1', '93.184.216.34'];
    const rebinding = new UriFilter({ allowedPorts: [] }, async () => [{ address: answers.pop() ?? '127.0.0.1' }]);
    await rebinding.check(`http://name.invalid:${server.port}/`);
    await expect(textOf(`http://name.invalid:${server.port}/`, new OriginClient(rebinding))).rejects.toMatchObject({ code: 'UriRefused', rule: 'allow_private_addresses' });
    expect(server.requests).toEqual([]);
  });

  it('sends the credentials of its URL to that server', async () => {
    const server = await serve(hello);
    await textOf(`http://us%40er:p%25%ss@127.0.0.1:${server.port}/`);
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us@er:p%25%ss').toString('base64')}`);
  });

  it('can be aborted, with the reason', async () => {
    const server = await serve(() => undefined);
    const control = new AbortController();
    setTimeout(() => control.abort(new Error('enough')), 20);
    await expect(client().open(server.url, { method: 'GET', signal: control.signal })).rejects.toThrow('enough');
    await expect(client().open(server.url, { method: 'GET', signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is followed with status %i', async (status) => {
    const end = await serve(hello);
    const start = await serve(redirect(`${end.url}/x`, status));
    expect(await textOf(start.url)).toBe('200 hello');
  });

  it.each([['/there?x', '/there?x'], ['there', '/dir/there'], ['?q', '/dir/here?q'], ['/with space', '/with%20space']])('to %j is meant from where it was', async (location, path) => {
    const server = await serve((request, response) => (request.url === '/dir/here' ? redirect(location) : hello)(request, response));
    expect(await textOf(`${server.url}/dir/here`)).toBe('200 hello');
    expect(server.requests[1]?.url).toBe(path);
  });

  it('is followed five times, not six', async () => {
    const server = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      (left === 0 ? hello : redirect(`/${left - 1}`))(request, response);
    });
    expect(await textOf(`${server.url}/5`)).toBe('200 hello');
    await expect(textOf(`${server.url}/6`)).rejects.toMatchObject({ code: 'OriginUnreachable' });
    expect(server.requests).toHaveLength(12);
  });

  it('lp 2138602, CVE-2017-7200: to an address that the filter refuses is not followed', async () => {
    const inside = await serve(hello);
    const start = await serve(redirect(() => `http://127.0.0.1:${inside.port}/`));
    const onlyName = client({ allowedHosts: ['localhost'], allowedPorts: [] });
    await expect(textOf(`http://localhost:${start.port}/`, onlyName)).rejects.toMatchObject({ code: 'UriRefused', rule: 'allowed_hosts' });
    const strict = new UriFilter({ allowedPorts: [] });
    const first = { url: new URL(start.url), addresses: [{ address: '127.0.0.1', family: 4 as const }] };
    const pretending = Object.assign(new UriFilter(), { check: async (uri: string) => (uri === 'http://public.example/' ? first : strict.check(uri)) });
    await expect(textOf('http://public.example/', new OriginClient(pretending))).rejects.toMatchObject({ code: 'UriRefused', rule: 'allow_private_addresses' });
    expect([start.requests.length, inside.requests.length]).toEqual([2, 0]);
  });

  it.each([
    ['file:///etc/passwd', 'UriRefused'], ['ftp://127.0.0.1/', 'UriRefused'], ['http://2130706433/', 'UriRefused'], ['//2130706433/', 'UriRefused'], ['http://127.1/', 'UriRefused'],
    ['http://169.254.169.254/', 'UriRefused'], ['/\\169.254.169.254/', 'OriginUnreachable'], ['http:\\\\127.0.0.1', 'OriginUnreachable'], ['http://', 'OriginUnreachable'], ['', 'OriginUnreachable'], ['data:,x', 'UriRefused'],
  ])('lp 2138602: to %j is not followed', async (location, code) => {
    const server = await serve(redirect(location));
    await expect(textOf(server.url)).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  it('that says not where to leads nowhere', async () => {
    const server = await serve((_request, response) => void response.writeHead(302).end());
    await expect(textOf(server.url)).rejects.toMatchObject({ code: 'OriginUnreachable' });
  });

  it('takes credentials along to the same server only', async () => {
    const other = await serve(hello);
    const server = await serve((request, response) => {
      const next: Record<string, string> = { '/a': '/b', '/b': `http://127.0.0.1:${server.port}/c`, '/c': `//127.0.0.1:${server.port}/d`, '/d': `${other.url}/e` };
      redirect(next[request.url ?? ''] ?? '/a')(request, response);
    });
    expect(await textOf(`http://user:pass@127.0.0.1:${server.port}/a`)).toBe('200 hello');
    const basic = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/a', basic], ['/b', basic], ['/c', basic], ['/d', basic]]);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe('TLS', () => {
  const tls = selfSigned();
  afterAll(() => tls.dispose());

  it('takes no certificate that nobody vouches for', async () => {
    const server = await serve(hello, tls);
    await expect(textOf(server.url)).rejects.toMatchObject({ code: 'OriginUnreachable', cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    expect(server.requests).toEqual([]);
  });

  it('takes one that https_ca_certificates_file vouches for, for its own name, https_insecure or not', async () => {
    const server = await serve(hello, tls);
    for (const insecure of [false, true]) {
      const verifying = client(LOOPBACK, { caFile: tls.certFile, insecure });
      expect(await textOf(server.url, verifying)).toBe('200 hello');
      await expect(textOf(`https://localhost:${server.port}/`, verifying)).rejects.toMatchObject({ cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
    }
  });

  it('takes any where https_insecure is set', async () => {
    const server = await serve(hello, tls);
    expect(await textOf(server.url, client(LOOPBACK, { insecure: true }))).toBe('200 hello');
  });

  it.each(['/nowhere/ca.pem', new URL(import.meta.url).pathname])('stops the start where %s has no certificates', (caFile) => {
    expect(() => client(LOOPBACK, { caFile })).toThrow(`https_ca_certificates_file = ${caFile} cannot be used`);
  });
});

describe('a server that is none', () => {
  const failures: readonly [string, () => Promise<WebServer>][] = [
    ['closed', async () => {
      const server = await webServer(hello);
      await server.close();
      return server;
    }],
    ['silent', () => rawServer(() => undefined)],
    ['no web server', () => rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))],
    ['one that hangs up', () => rawServer((socket) => socket.destroy())],
    ['one that never ends its headers', () => rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x: y\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    })],
    ['one with headers beyond measure', () => rawServer((socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`))],
    ['one that speaks something else', () => rawServer((socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'))],
  ];

  it('CVE-2017-7200: is refused in the same words, whatever is wrong with it', async () => {
    const told = new Set<string>();
    for (const [, make] of failures) {
      const server = await make();
      servers.push(server);
      await textOf(server.url, client(LOOPBACK, { answerTimeoutMs: 300 })).catch((error: Error) => told.add(`${error.name} ${error.message}`));
    }
    expect([...told]).toEqual(['Error The web server could not be asked.']);
  });
});

describe('a body', () => {
  it.each([
    ['ends before its announced length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'],
    ['ends before its last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n'],
  ])('that %s fails', async (_what, answer) => {
    const server = await rawServer((socket) => socket.end(answer));
    servers.push(server);
    await expect(textOf(server.url)).rejects.toMatchObject({ code: 'OriginUnreachable' });
  });

  it('that stops coming is given up, one whose reader is slow is not', async () => {
    const server = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('12345');
      if (request.url === '/slow') setTimeout(() => response.end('67890'), 10);
    });
    const read = async (path: string, idleMs: number, slowMs: number) => {
      let text = '';
      for await (const chunk of bodyOf(await client().open(server.url + path, { method: 'GET' }), idleMs)) {
        if (text === '') await new Promise((resolve) => setTimeout(resolve, slowMs));
        text += chunk.toString();
      }
      return text;
    };
    await expect(read('/stops', 50, 0)).rejects.toMatchObject({ code: 'OriginUnreachable' });
    expect(await read('/slow', 1500, 1600)).toBe('1234567890');
  });

  it('that nobody reads is given up', async () => {
    let gone = (): void => undefined;
    const closed = new Promise<void>((resolve) => (gone = resolve));
    const server = await serve((request, response) => {
      request.socket.on('close', () => gone());
      response.writeHead(200, { 'content-length': 1e9 }).write(Buffer.alloc(1000));
    });
    bodyOf(await client().open(server.url, { method: 'GET' }), 50);
    await closed;
  });
});
