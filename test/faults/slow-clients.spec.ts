import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stalledUpload } from '../support/chunked-upload.js';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { Server } from '../support/server.js';

const SLOW = 60_000;
const SIZE = 64 * 1024 * 1024;

/** Who neither sends nor reads is let go after `client_socket_timeout`; who does, however slowly, is not. */
describe.each([[0], [2]])('With client_socket_timeout = 1 and workers = %i', (workers) => {
  let server: Server;
  let client: ImageClient;
  beforeAll(async () => {
    server = await Server.start({ conf: `workers = ${workers}\nclient_socket_timeout = 1\n` });
    client = new ImageClient(server);
  }, SLOW);
  afterAll(() => server.dispose(), SLOW);

  const dial = (): Socket => connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);

  it('an upload that stands still is cut; its image waits for data again and no byte stays', async () => {
    const { id } = await client.create();
    const { answer } = await stalledUpload(server, id, 100_000);
    expect(await answer).toBe('cut');
    await eventually(async () => expect(await client.show(id)).toMatchObject({ status: 'queued', size: null }));
    await eventually(async () => expect(await readdir(server.imagesDir)).toEqual([]));
  }, SLOW);

  it('an upload that goes on, slower than that as a whole, ends well', async () => {
    const { id } = await client.create();
    const { upload, answer } = await stalledUpload(server, id, 1000);
    for (let n = 0; n < 8; n += 1) {
      await sleep(300);
      upload.write(Buffer.alloc(1000, 's'));
    }
    upload.end();
    expect(await answer).toBe(204);
    expect(await client.show(id)).toMatchObject({ status: 'active', size: 9000 });
    await client.delete(id);
  }, SLOW);

  it('a client that stops to read is cut off its download', async () => {
    const { id } = await client.create();
    expect((await client.put(id, Buffer.alloc(SIZE))).status).toBe(204);
    const socket = dial();
    socket.write(`GET /v2/images/${id}/file HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'readable');
    await sleep(4000);
    let got = 0;
    socket.on('data', (chunk: Buffer) => (got += chunk.length));
    await once(socket, 'close');
    expect(got).toBeLessThan(SIZE);
  }, SLOW);

  it.each([['nothing', ''], ['half a request', 'GET /v2/images HTTP/1.1\r\nHost'], ['a request, and nothing after its answer', 'GET /versions HTTP/1.1\r\nHost: x\r\n\r\n']])('a client that sends %s is let go', async (_what, text) => {
    const socket = dial();
    socket.resume().write(text);
    await once(socket, 'close');
  }, SLOW);
});

it('with client_socket_timeout = 0 a client may take its time', async () => {
  const server = await Server.start({ memory: true, conf: 'client_socket_timeout = 0\n' });
  try {
    const client = new ImageClient(server);
    const { id } = await client.create();
    const { upload, answer } = await stalledUpload(server, id, 1000);
    await sleep(2500);
    upload.end();
    expect(await answer).toBe(204);
  } finally {
    await server.dispose();
  }
}, SLOW);

it('with http_keepalive = False each answer is the last of its connection', async () => {
  const server = await Server.start({ memory: true, conf: 'http_keepalive = False\n' });
  try {
    for (const path of ['/versions', '/v2/images', '/v2/images/nothing']) expect((await fetch(`${server.url}${path}`)).headers.get('connection')).toBe('close');
  } finally {
    await server.dispose();
  }
}, SLOW);
