import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { HostileOrigin } from '../support/hostile-origin.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { Server } from '../support/server.js';

interface Task {
  readonly status: string;
  readonly message: string;
  readonly input: { readonly import_req: { readonly method: { readonly uri: string } } };
}

const head = (...headers: string[]) => `HTTP/1.1 ${headers.join('\r\n')}\r\n\r\n`;
const endless = (socket: Socket): void => {
  const more = (): void => void (socket.destroyed || socket.write(Buffer.alloc(64 * 1024), more));
  socket.write(head('200 OK'));
  more();
};
const trickle = (socket: Socket): void => {
  socket.write(head('200 OK'));
  const timer = setInterval(() => socket.write('x'), 100);
  socket.on('close', () => clearInterval(timer));
};
const CAP = 1_000_000;

/** How the source of a web-download fails, and what its task says then. */
const FAULTS: readonly [what: string, path: string, answer: ((socket: Socket) => void) | undefined, says: string][] = [
  ['stalls', '/stalls', (socket) => socket.write(`${head('200 OK', 'Content-Length: 10')}hello`), 'nothing came for 2 s'],
  ['never answers', '/silent', () => undefined, 'there was no answer in 5 s'],
  ['trickles', '/trickles', trickle, 'it takes too long'],
  ['ends early', '/truncated', (socket) => socket.end(`${head('200 OK', 'Content-Length: 10')}hello`), 'the data ended early'],
  ['breaks off', '/breaks', (socket) => socket.write(`${head('200 OK', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`, () => socket.resetAndDestroy()), 'the data ended early'],
  ['sends more than it announces', '/more', (socket) => socket.end(`${head('200 OK', 'Content-Length: 3')}hello`), 'what it sends is not as long as it says'],
  ['announces more than an image may have', '/large', (socket) => socket.write(head('200 OK', `Content-Length: ${CAP + 1}`)), `more than the ${CAP} bytes`],
  ['never ends', '/endless', endless, `more than the ${CAP} bytes`],
  ['is not there', '/nowhere', undefined, 'the server answers 404 Not Found'],
  ['is broken', '/broken', (socket) => socket.end(head('500 <b>Oops</b>', 'Content-Length: 0')), 'the server answers 500 Internal Server Error'],
  ['redirects to a forbidden address', '/away', (socket) => socket.end(head('302 Found', 'Location: http://169.254.169.254/latest/meta-data', 'Content-Length: 0')), 'does not pass filtering: http://169.254.169.254/latest/meta-data'],
  ['redirects to another scheme', '/file', (socket) => socket.end(head('302 Found', 'Location: file:///etc/passwd', 'Content-Length: 0')), 'does not pass filtering: file:///etc/passwd'],
  ['redirects for ever', '/again', (socket) => socket.end(head('302 Found', 'Location: /again', 'Content-Length: 0')), 'it redirects more than 5 times'],
];

describe('A web-download', () => {
  let origin: HostileOrigin;
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    origin = await HostileOrigin.start({
      ...Object.fromEntries(FAULTS.flatMap(([, path, answer]) => (answer ? [[path, answer]] : []))),
      '/good': (socket: Socket) => socket.end(`${head('200 OK', 'Content-Length: 5')}hello`),
      '/moved': (socket: Socket) => socket.end(head('302 Found', 'Location: /good', 'Content-Length: 0')),
    });
    server = await Server.start({ conf: `image_size_cap = ${CAP}\n[web_download]\nanswer_timeout = 5\nstall_timeout = 2\ntotal_timeout = 10\n[import_filtering_opts]\nallowed_hosts = 127.0.0.1\nallowed_ports = ${origin.port}\n` });
    client = new ImageClient(server);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await origin.close();
  });

  const ask = (id: string, uri: string): Promise<Response> => client.request(`/v2/images/${id}/import`, { method: 'POST', body: JSON.stringify({ method: { name: 'web-download', uri } }) });
  const import_ = async (uri: string): Promise<Document> => {
    const image = await client.create();
    expect((await ask(image.id, uri)).status).toBe(202);
    return image;
  };
  const taskOf = async (id: string): Promise<Task | undefined> => ((await (await client.request(`/v2/images/${id}/tasks`)).json()) as { tasks: Task[] }).tasks.at(-1);
  const left = (): string[] => ['images', 'staging'].flatMap((folder) => (existsSync(join(server.stateDir, folder)) ? readdirSync(join(server.stateDir, folder)) : []));

  it('whose source fails leaves the image queued, the reason in its task, and no file', async () => {
    const images = await Promise.all(FAULTS.map(async ([what, path, , says]) => ({ what, says, image: await import_(origin.url + path) })));
    for (const { what, says, image: { id } } of images) {
      await eventually(async () => expect([what, (await taskOf(id))?.status]).toEqual([what, 'failure']), 60_000);
      expect([what, (await taskOf(id))?.message]).toEqual([what, expect.stringContaining(says)]);
      expect([what, await client.show(id)]).toMatchObject([what, { status: 'queued', size: null, checksum: null, os_glance_importing_to_stores: '' }]);
    }
    expect(left()).toEqual([]);
  }, 120_000);

  it('is taken up again by the same image once its source is well, over a redirect too', async () => {
    const { id } = await import_(`${origin.url}/truncated`);
    await eventually(async () => expect((await taskOf(id))?.status).toBe('failure'));
    expect((await ask(id, `${origin.url}/moved`)).status).toBe(202);
    await eventually(async () => expect(await client.show(id)).toMatchObject({ status: 'active', size: 5, os_hash_algo: 'sha512' }));
    expect(await (await client.request(`/v2/images/${id}/file`)).text()).toBe('hello');
    expect(left()).toEqual([id]);
  });

  it.each([
    ['http://169.254.169.254/', 'allowed_hosts'], ['http://127.1/', 'in its one plain spelling'], ['http://2130706433/', 'in its one plain spelling'],
    ['http://127.0.0.1:22/', 'allowed_ports'], ['file:///etc/passwd', 'allowed_schemes'], ['ftp://127.0.0.1/', 'allowed_schemes'], ['http://no-such-name.invalid/', 'allowed_hosts'],
  ])('lp 2138602, CVE-2017-7200, row 18: of %s is refused, with the rule that refused', async (uri, rule) => {
    const { id } = await client.create();
    const answer = await ask(id, uri);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringMatching(new RegExp(`URI for web-download does not pass filtering: .*${rule}`, 's'))]);
    expect(await client.show(id)).toMatchObject({ status: 'queued' });
    expect(await taskOf(id)).toBeUndefined();
  });

  it('shows no secret of its URI', async () => {
    const { id } = await import_(`${origin.url}/nowhere?X-Signature=s3cret`);
    await eventually(async () => expect((await taskOf(id))?.status).toBe('failure'));
    expect((await taskOf(id))?.message).not.toContain('s3cret');
    expect(server.output).not.toContain('s3cret');
  });
});
