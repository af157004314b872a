import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Authority, type Pair } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 60_000;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

describe('Native TLS', () => {
  let ours: Authority;
  let foreign: Authority;
  let served: Pair;
  const servers: Server[] = [];

  beforeAll(async () => {
    [ours, foreign] = await Promise.all([Authority.make('ours'), Authority.make('foreign')]);
    served = await ours.sign('server');
  }, SLOW);
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.dispose()));
  }, SLOW);
  afterAll(() => Promise.all([ours.dispose(), foreign.dispose()]));

  const start = async (conf: string, memory = true): Promise<Server> => {
    const server = await Server.start({ memory, conf });
    servers.push(server);
    return server;
  };
  const confOf = ({ cert, key }: Pair, ca?: string) => `cert_file = ${cert}\nkey_file = ${key}\n${ca === undefined ? '' : `ca_file = ${ca}\n`}`;

  async function call(server: Server, path: string, { body, ...options }: RequestOptions & { body?: Buffer | string } = {}, client?: Pair): Promise<Answer> {
    const own = client ? { cert: await readFile(client.cert), key: await readFile(client.key) } : {};
    const sent = request(`${server.url}${path}`, { ca: await readFile(ours.cert), agent: false, ...own, ...options });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    return { status: answer.statusCode, body: Buffer.concat(chunks) };
  }
  const curl = (server: Server, ...args: string[]) => run('curl', ['-s', '-S', '--cacert', ours.cert, ...args, `${server.url}/v2/images`]);
  const json = { 'content-type': 'application/json' };
  const create = async (server: Server, client?: Pair) =>
    (JSON.parse((await call(server, '/v2/images', { method: 'POST', headers: json, body: '{"disk_format": "raw", "container_format": "bare"}' }, client)).body.toString()) as { id: string }).id;

  it('is spoken by glance-cache-manage, which believes no certificate that it cannot verify, unless it is told to', async () => {
    const server = await start(`${confOf(served, ours.cert)}image_cache_dir = cache\n[paste_deploy]\nflavor = cachemanagement\n`);
    const client = await ours.sign('client');
    const mutual = { OS_CERT: client.cert, OS_KEY: client.key };
    const manage = (env: NodeJS.ProcessEnv, ...more: string[]) => run('node', [MAIN, 'glance-cache-manage', '-H', 'https://127.0.0.1', '-p', new URL(server.url).port, 'list-cached', ...more], { env });
    expect(await manage({ ...mutual, OS_CACERT: ours.cert })).toMatchObject({ code: 0, stdout: 'No cached images.\n' });
    expect(await manage(mutual, '-k')).toMatchObject({ code: 0, stdout: 'No cached images.\n' });
    for (const env of [mutual, { ...mutual, OS_CACERT: foreign.cert }, { OS_CACERT: ours.cert }]) expect(await manage(env)).toMatchObject({ code: 1, stdout: expect.stringContaining('Failed to show cached images. Got error:\n') });
  }, SLOW);

  it('says https in what it tells of itself', async () => {
    const server = await start(confOf(served));
    const { versions } = JSON.parse((await call(server, '/versions')).body.toString()) as { versions: { links: { href: string }[] }[] };
    expect(versions[0]?.links[0]?.href).toBe(`${server.url}/v2/`);
    const moved = await run('curl', ['-s', '--cacert', ours.cert, '-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', `${server.url}/v2`]);
    expect(moved.stdout).toBe(`302 ${server.url}/v2/`);
    expect(server.output).toContain(`serves the Images API on ${server.url}`);
  }, SLOW);

  it('seed 12: with ca_file a client needs a certificate of that authority; none, a foreign one and one that has ended fail the handshake', async () => {
    const server = await start(confOf(served, ours.cert));
    const [right, wrong, late] = await Promise.all([ours.sign('client'), foreign.sign('client'), ours.expired('client')]);
    const by = ({ cert, key }: Pair) => curl(server, '--cert', cert, '--key', key);
    expect(await by(right)).toMatchObject({ code: 0, stdout: expect.stringContaining('"images":[]') as string });
    for (const refused of [await curl(server), await by(wrong), await by(late)]) {
      expect(refused.stdout).toBe('');
      // With TLS 1.3 a client has sent its request before it learns that it is refused.
      expect([35, 52, 55, 56]).toContain(refused.code);
    }
    // The library: its command line forgets the certificate on the way when it is given a token.
    const list = "import sys, glanceclient; url, ca, cert, key = sys.argv[1:]; print(list(glanceclient.Client('2', url, token='x', cacert=ca, cert_file=cert, key_file=key).images.list()))";
    const glance = ({ cert, key }: Pair) => run('/usr/bin/python3', ['-c', list, server.url, ours.cert, cert, key], { env: { HOME: server.stateDir, PATH: '/usr/bin:/bin', REQUESTS_CA_BUNDLE: '', CURL_CA_BUNDLE: '' } });
    expect(await glance(right)).toMatchObject({ code: 0, stdout: '[]\n' });
    expect((await glance(wrong)).code).toBe(1);
  }, SLOW);

  it('forgets with an authority those whom it knew by it, and takes those of the next', async () => {
    const named = await ours.file('clients.pem', ours.cert);
    const server = await start(confOf(served, named));
    const [before, after] = await Promise.all([ours.sign('client'), foreign.sign('client')]);
    const begin = async (client: Pair, session?: Buffer) => {
      const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', ca: await readFile(ours.cert), cert: await readFile(client.cert), key: await readFile(client.key), ...(session ? { session } : {}) });
      const seen: { session?: Buffer; text: string; reused: boolean } = { text: '', reused: false };
      socket.once('secureConnect', () => (seen.reused = socket.isSessionReused()));
      socket.on('error', () => undefined).on('session', (ticket: Buffer) => (seen.session = ticket)).on('data', (chunk: Buffer) => (seen.text += chunk.toString()));
      socket.write('GET /versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await new Promise((resolve) => socket.once('close', resolve));
      return seen;
    };
    const { session } = await begin(before);
    expect(await begin(before, session)).toMatchObject({ reused: true, text: expect.stringContaining('200 OK') as string });
    await copyFile(foreign.cert, `${named}.new`);
    await rename(`${named}.new`, named);
    await eventually(async () => expect((await begin(after)).text).toContain('200 OK'));
    for (const ticket of [session, undefined]) expect((await begin(before, ticket)).text).toBe('');
  }, SLOW);

  it('takes a client whose authority is below the one that is named, and serves a chain of its own', async () => {
    const middle = await ours.below();
    const [server, client] = await Promise.all([middle.sign('chained'), middle.sign('client')]);
    const chain = await ours.file('chain.pem', server.cert, middle.cert);
    const started = await start(confOf({ cert: chain, key: server.key }, ours.cert));
    const whole = await ours.file('client-chain.pem', client.cert, middle.cert);
    expect(await curl(started, '--cert', whole, '--key', client.key)).toMatchObject({ code: 0 });
  }, SLOW);

  it.each([['plain', false], ['TLS', true]])('seed 13: images of every small size are stored once and equal over %s, chunked or not', async (_name, secure) => {
    const server = await start(secure ? confOf(served) : '', false);
    const send = async (id: string, data: Buffer, chunked: boolean) => {
      const url = `${server.url}/v2/images/${id}/file`;
      const how = ['-s', '-o', '/dev/null', '-w', '%{http_code}', ...(secure ? ['--cacert', ours.cert] : []), '-X', 'PUT', '-H', 'Content-Type: application/octet-stream', ...(chunked ? ['-H', 'Transfer-Encoding: chunked'] : []), '--data-binary', '@-'];
      return (await run('curl', [...how, url], { input: data })).stdout;
    };
    const fetched = (path: string, ...more: string[]) => run('curl', ['-s', ...(secure ? ['--cacert', ours.cert] : []), ...more, `${server.url}${path}`]);
    const stored: string[] = [];
    for (const size of [0, 1, 4095, 4096, 4097, 8192]) {
      for (const chunked of [false, true]) {
        const made = JSON.parse((await fetched('/v2/images', '-H', 'Content-Type: application/json', '-d', '{"disk_format": "raw", "container_format": "bare"}')).stdout) as { id: string };
        const data = Buffer.from(randomBytes(size).toString('hex').slice(0, size));
        expect(await send(made.id, data, chunked)).toBe('204');
        const { stdout } = await fetched(`/v2/images/${made.id}/file`);
        expect(stdout === data.toString()).toBe(true);
        const shown = JSON.parse((await fetched(`/v2/images/${made.id}`)).stdout) as { size: number; checksum: string };
        expect([shown.size, shown.checksum]).toEqual([size, createHash('md5').update(data).digest('hex')]);
        stored.push(made.id);
      }
    }
    expect((await readdir(server.imagesDir)).toSorted()).toEqual(stored.toSorted());
  }, 2 * SLOW);

  it('serves a new certificate once both files are there, and an upload goes on meanwhile', async () => {
    const pair = { cert: await ours.file('live.pem', served.cert), key: await ours.file('live.key', served.key) };
    const server = await start(confOf(pair));
    const { port } = new URL(server.url);
    const seen = async () => {
      const socket = connect({ port: Number(port), host: '127.0.0.1', ca: await readFile(ours.cert) });
      await once(socket, 'secureConnect');
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      return subject.CN;
    };
    const id = await create(server);
    const upload = request(`${server.url}/v2/images/${id}/file`, { method: 'PUT', ca: await readFile(ours.cert), headers: { 'content-type': 'application/octet-stream' }, agent: false });
    upload.write(Buffer.alloc(100_000, 'a'));
    expect(await seen()).toBe('server');

    const next = await ours.sign('next');
    await copyFile(next.cert, `${pair.cert}.new`);
    await rename(`${pair.cert}.new`, pair.cert);
    await eventually(async () => expect(server.output).toContain('it is not the key of the certificate'));
    expect(await seen()).toBe('server');
    await writeFile(pair.key, 'nonsense');
    await eventually(async () => expect(server.output).toContain('not a private key in PEM'));
    await copyFile(next.key, `${pair.key}.new`);
    await rename(`${pair.key}.new`, pair.key);
    await eventually(async () => expect(await seen()).toBe('next'));

    upload.end(Buffer.alloc(100_000, 'b'));
    const [answer] = (await once(upload, 'response')) as [{ statusCode: number }];
    expect(answer.statusCode).toBe(204);
    expect((await call(server, `/v2/images/${id}/file`)).body).toHaveLength(200_000);
  }, SLOW);

  it('leaves who speaks no TLS, or an old one, or stops in a handshake, without harm to others', async () => {
    const server = await start(confOf(served));
    const port = Number(new URL(server.url).port);
    for (const sent of ['GET /v2/images HTTP/1.1\r\nHost: x\r\n\r\n', '\x16\x03\x01', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]), randomBytes(500)]) {
      const socket = connectPlain(port, '127.0.0.1').on('error', () => undefined);
      socket.write(sent);
      if (sent.length > 3) await once(socket.resume(), 'close');
      else socket.destroy();
    }
    expect((await curl(server, '--tls-max', '1.1')).code).toBe(35);
    expect((await curl(server, '--tls-max', '1.2')).code).toBe(0);
    const stuck = connectPlain(port, '127.0.0.1');
    expect((await call(server, '/v2/images')).status).toBe(200);
    stuck.destroy();
  }, SLOW);

  it('is spoken by each of several processes', async () => {
    const server = await start(`workers = 2\n${confOf(served, ours.cert)}`, false);
    const client = await ours.sign('client');
    const id = await create(server, client);
    const data = randomBytes(300_000);
    expect((await call(server, `/v2/images/${id}/file`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: data }, client)).status).toBe(204);
    for (let n = 0; n < 4; n += 1) expect((await call(server, `/v2/images/${id}/file`, {}, client)).body.equals(data)).toBe(true);
    await expect(call(server, '/v2/images')).rejects.toThrow();
  }, SLOW);

  it.each([
    ['a certificate without its key', async () => `cert_file = ${served.cert}\n`, '[DEFAULT] key_file'],
    ['authorities alone', async () => `ca_file = ${ours.cert}\n`, '[DEFAULT] cert_file'],
    ['a file that is not there', async () => confOf({ cert: '/nowhere.pem', key: served.key }), '[DEFAULT] cert_file = /nowhere.pem'],
    ['a key where a certificate belongs', async () => confOf({ cert: served.key, key: served.key }), 'it is not a certificate in PEM'],
    ['a certificate where a key belongs', async () => confOf({ cert: served.cert, key: served.cert }), 'it is not a private key in PEM'],
    ['the key of another certificate', async () => confOf({ cert: served.cert, key: (await ours.sign('other')).key }), 'it is not the key of the certificate'],
    ['authorities that are none', async () => confOf(served, served.key), '[DEFAULT] ca_file'],
    ['an encrypted key', async () => {
      const key = join(served.key, '..', 'encrypted.key');
      await run('openssl', ['ec', '-in', served.key, '-aes256', '-passout', 'pass:x', '-out', key]);
      return confOf({ cert: served.cert, key });
    }, 'the key is encrypted'],
  ])('%s stops the start, and says which option is wrong', async (_what, conf, message) => {
    const ended = Server.start({ memory: true, conf: await conf() });
    await expect(ended).rejects.toThrow('ended with 1');
    await expect(ended).rejects.toThrow(message);
  }, SLOW);
});
