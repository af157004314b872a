import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request, type RequestOptions } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { Authority, type Pair } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { Server } from '../support/server.js';

const SLOW = 60_000;
const SIZE = 64 * 1024 * 1024;
const DATA = { 'content-type': 'application/octet-stream' };

describe.each([[0], [2]])('Over TLS, with client_socket_timeout = 3 and workers = %i', (workers) => {
  let authority: Authority;
  let pair: Pair;
  let server: Server;
  beforeAll(async () => {
    authority = await Authority.make();
    pair = await authority.sign('server');
    server = await Server.start({ conf: `workers = ${workers}\nclient_socket_timeout = 3\ncert_file = ${pair.cert}\nkey_file = ${pair.key}\n` });
  }, SLOW);
  afterAll(() => Promise.all([server.dispose(), authority.dispose()]), SLOW);

  const port = () => Number(new URL(server.url).port);
  const trust = () => ({ ca: readFileSync(authority.cert), port: port(), host: '127.0.0.1' });
  const ask = (path: string, options: RequestOptions = {}) => request({ ...trust(), path, agent: false, ...options });
  const ended = (socket: Socket) => new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));

  async function call(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<{ status: number; text: string }> {
    const sent = ask(path, options);
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }];
    let text = '';
    for await (const chunk of answer) text += chunk.toString();
    return { status: answer.statusCode, text };
  }
  const show = async (id: string) => JSON.parse((await call(`/v2/images/${id}`)).text) as { status: string; size: number | null };
  async function create(): Promise<string> {
    const { text } = await call('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' } }, '{"disk_format": "raw", "container_format": "bare"}');
    return (JSON.parse(text) as { id: string }).id;
  }

  it('an upload that stands still is cut; its image waits for data again and no byte stays', async () => {
    const id = await create();
    const upload = ask(`/v2/images/${id}/file`, { method: 'PUT', headers: DATA });
    const cut = once(upload, 'response').then(() => 'answered', () => 'cut');
    upload.write(Buffer.alloc(100_000, 's'));
    expect(await cut).toBe('cut');
    await eventually(async () => expect(await show(id)).toMatchObject({ status: 'queued', size: null }));
    await eventually(async () => expect(await readdir(server.imagesDir)).toEqual([]));
  }, SLOW);

  it('an upload that goes on, slower than that as a whole, ends well', async () => {
    const id = await create();
    const upload = ask(`/v2/images/${id}/file`, { method: 'PUT', headers: DATA });
    for (let n = 0; n < 10; n += 1) {
      upload.write(Buffer.alloc(1000, 's'));
      await sleep(500);
    }
    upload.end();
    const [answer] = (await once(upload, 'response')) as [{ statusCode: number }];
    expect(answer.statusCode).toBe(204);
    expect(await show(id)).toMatchObject({ status: 'active', size: 10_000 });
  }, SLOW);

  it('a client that stops to read is cut off its download', async () => {
    const id = await create();
    expect((await call(`/v2/images/${id}/file`, { method: 'PUT', headers: DATA }, Buffer.alloc(SIZE))).status).toBe(204);
    const socket = connect(trust());
    const cut = ended(socket);
    socket.write(`GET /v2/images/${id}/file HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'readable');
    await sleep(10_000);
    let got = 0;
    socket.on('data', (chunk: Buffer) => (got += chunk.length));
    await cut;
    expect(got).toBeLessThan(SIZE);
  }, SLOW);

  it.each([['nothing', ''], ['the begin of a handshake', '\x16\x03\x01']])('a client that sends %s is let go', async (_what, text) => {
    const socket = connectPlain(port(), '127.0.0.1');
    const gone = ended(socket);
    socket.resume().write(text);
    await gone;
  }, SLOW);

  it('a client that has shaken hands and asks nothing is let go', async () => {
    const socket = connect(trust());
    const gone = ended(socket);
    socket.resume();
    await gone;
  }, SLOW);
});

it.each([[0], [2]])('a handshake that hangs does not keep the server from its end, with workers = %i', async (workers) => {
  const authority = await Authority.make();
  const pair = await authority.sign('server');
  const server = await Server.start({ conf: `workers = ${workers}\ncert_file = ${pair.cert}\nkey_file = ${pair.key}\n` });
  try {
    const stuck = connectPlain(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
    await once(stuck, 'connect');
    stuck.write('\x16\x03\x01');
    // It may take a moment until a worker has it.
    await sleep(500);
    expect(await server.end()).toBe(0);
    stuck.destroy();
  } finally {
    await Promise.all([server.dispose(), authority.dispose()]);
  }
}, SLOW);
