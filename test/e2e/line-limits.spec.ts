import { Server } from '../support/server.js';

/** Lines of a request: Glance limits each, and so do we; `max_header_line` is raised where tokens are large. */
describe.each([['the default', '', 16_384], ['a larger one', 'max_header_line = 65536\n', 65_536]])('With max_header_line as %s', (_name, conf, longest) => {
  let server: Server;
  beforeAll(async () => (server = await Server.start({ memory: true, conf })), 60_000);
  afterAll(() => server.dispose(), 60_000);

  const get = (path: string, headers: Readonly<Record<string, string>> = {}) => fetch(`${server.url}${path}`, { headers });
  /** A header line of so many bytes, its end included. */
  const line = (bytes: number) => ({ 'x-auth-token': 't'.repeat(bytes - 'x-auth-token: \r\n'.length) });

  it('a header line of that length is taken, a longer one is 400', async () => {
    expect((await get('/v2/images', line(longest))).status).toBe(200);
    const refused = await get('/v2/images', line(longest + 1));
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(`The header x-auth-token is longer than the ${longest} bytes allowed.`)]);
  });

  it('a URI of that length is taken, a longer one is 414, on every path', async () => {
    const uri = (bytes: number, path = '/v2/images?name=') => path + 'n'.repeat(bytes - path.length);
    expect((await get(uri(longest))).status).toBe(200);
    for (const path of ['/v2/images?name=', '/v2/images/', '/nonsense/']) expect((await get(uri(longest + 1, path))).status).toBe(414);
  });

  it('all headers together may be longer, up to four times that', async () => {
    const some = Object.fromEntries(['a', 'b', 'c'].map((name) => [`x-${name}`, 'v'.repeat(longest - 100)]));
    expect((await get('/v2/images', some)).status).toBe(200);
    expect((await get('/v2/images', { ...some, 'x-d': 'v'.repeat(longest - 100), 'x-e': 'v'.repeat(longest - 100) })).status).toBe(431);
  });
});
