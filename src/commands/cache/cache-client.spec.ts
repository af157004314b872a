import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CacheClient } from './cache-client.js';
import { CommandLineLogin, type LoginOptions } from './login.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Answer => (_request, response) => void response.writeHead(status, headers).end(JSON.stringify(body));

/** Gives the token `t1`, then `t2` … for the right password. */
function keystone(): Answer {
  let given = 0;
  return (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const right = text.includes('"password":"right"') && text.includes('"project":{"name":"red","domain":{"id":"default"}}');
      const token = { user: { id: 'u', domain: { id: 'default' } }, expires_at: new Date(Date.now() + 3_600_000).toISOString(), roles: [], catalog: [] };
      if (right) given += 1;
      json(right ? { token } : { error: {} }, right ? 201 : 401, right ? { 'x-subject-token': `t${given}` } : {})(request, response);
    });
  };
}

describe('The client of the cache tool', () => {
  let server: Server;
  let asked: string[];
  let host: Answer;
  let identity: Answer;
  let ends: (() => Promise<void>)[];
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  beforeEach(async () => {
    [asked, ends, identity] = [[], [], keystone()];
    server = createServer((request, response) => {
      if (request.url === '/v3/auth/tokens') return identity(request, response);
      asked.push(`${request.method} ${request.url} ${String(request.headers['x-auth-token'])}`);
      host(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()));
    server.closeAllConnections();
    server.close();
  });

  function client(options: Partial<LoginOptions> = {}): CacheClient {
    const login = new CommandLineLogin({ userDomainId: 'default', projectDomainId: 'default', insecure: false, ...options });
    const made = new CacheClient({ url: url(), insecure: false }, login);
    ends.push(() => made.close(), () => login.close());
    return made;
  }
  const atKeystone = (more: Partial<LoginOptions> = {}) => client({ authUrl: url(), username: 'u', password: 'right', projectName: 'red', ...more });

  it('asks the old management paths, with the token that it was given', async () => {
    const tool = client({ token: 't' });
    host = json({ cached_images: [{ image_id: 'i', last_accessed: 0, last_modified: 1.5, size: 2, hits: 3 }] });
    expect(await tool.cachedImages()).toEqual([{ image_id: 'i', last_accessed: 0, last_modified: 1.5, size: 2, hits: 3 }]);
    host = json({ queued_images: ['i'] });
    expect(await tool.queuedImages()).toEqual(['i']);
    host = json({ num_deleted: 2 });
    expect([await tool.deleteAllCachedImages(), await tool.deleteAllQueuedImages()]).toEqual([2, 2]);
    host = json(null);
    await tool.queueImage('a/b');
    await tool.deleteCachedImage('i');
    await tool.deleteQueuedImage('i');
    expect(asked).toEqual([
      'GET /v2/cached_images t', 'GET /v2/queued_images t', 'DELETE /v2/cached_images t', 'DELETE /v2/queued_images t',
      'PUT /v2/queued_images/a%2Fb t', 'DELETE /v2/cached_images/i t', 'DELETE /v2/queued_images/i t',
    ]);
  });

  it('sends no token where none is given and nobody is to be asked for one', async () => {
    host = json({ queued_images: [] });
    await client().queuedImages();
    await client({ strategy: 'noauth', authUrl: url() }).queuedImages();
    expect(asked).toEqual(['GET /v2/queued_images undefined', 'GET /v2/queued_images undefined']);
  });

  it('logs in once at Keystone, and once more where its token is not taken', async () => {
    const tool = atKeystone();
    host = (request, response) => json({ queued_images: [] }, request.headers['x-auth-token'] === 't2' ? 200 : 401)(request, response);
    expect(await tool.queuedImages()).toEqual([]);
    await tool.queuedImages();
    expect(asked.map((line) => line.split(' ').at(-1))).toEqual(['t1', 't2', 't2']);
  });

  it.each<[string, Partial<LoginOptions>, string]>([
    ['a wrong password', { password: 'wrong' }, 'it answered 401'],
    ['no user', { username: undefined }, 'Missing required credential: username'],
    ['no password', { password: undefined }, 'Missing required credential: password'],
    ['no project', { projectName: undefined }, 'Missing required credential: project'],
    ['a Keystone that is not there', { authUrl: 'http://127.0.0.1:1' }, 'ECONNREFUSED'],
    ['no auth URL', { authUrl: undefined, strategy: 'keystone' }, '--os_auth_url option or OS_AUTH_URL environment variable required'],
    ['an unknown strategy', { strategy: 'magic' }, "Unknown auth strategy 'magic'"],
  ])('is told of %s, and asks nothing', async (_what, options, message) => {
    await expect(atKeystone(options).queuedImages()).rejects.toMatchObject({ code: 'CacheRequestFailed', message: expect.stringContaining(message) });
    expect(asked).toEqual([]);
  });

  it.each<[string, Answer, object]>([
    ['a refusal', json('no', 403), { status: 403, message: '"no"' }],
    ['a refusal without a word', (_request, response) => void response.writeHead(503).end(), { status: 503, message: 'the server answered 503' }],
    ['a page', (_request, response) => void response.end('<html>'), { message: expect.stringContaining('not JSON') }],
    ['another document', json({ images: [] }), { message: expect.stringContaining('something else') }],
    ['wrong types', json({ queued_images: [7] }), { message: expect.stringContaining('something else') }],
    ['a connection that ends', (request) => void request.socket.destroy(), { message: expect.any(String) }],
  ])('fails in words at %s', async (_what, answer, error) => {
    host = answer;
    await expect(client({ token: 't' }).queuedImages()).rejects.toMatchObject({ code: 'CacheRequestFailed', ...error });
  });
});
