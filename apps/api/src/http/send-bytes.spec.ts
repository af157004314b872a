import { fastify, type FastifyInstance } from 'fastify';
import { connect, type AddressInfo } from 'node:net';
import { sendBytes } from './send-bytes.js';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function* failing(): AsyncGenerator<Buffer> {
  yield* pieces('01234');
  throw new Error('the store is gone');
}

describe('bytes sent', () => {
  let app: FastifyInstance;
  afterEach(() => app.close());

  /** All that comes on the connection after the headers, up to its end; it would be kept for a next request. */
  const received = async (source: AsyncIterable<Buffer>): Promise<string> => {
    app = fastify();
    app.get('/', (_request, reply) => sendBytes(reply, 200, { 'content-length': 10 }, source, 10));
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text.split('\r\n\r\n').slice(1).join('\r\n\r\n')));
      socket.on('data', (data) => {
        text += data.toString();
        if (text.endsWith('\r\n\r\n0123456789')) socket.end();
      });
    });
  };

  it('are all that were announced', async () => expect(await received(pieces('01234', '56789'))).toBe('0123456789'));

  it.each([
    ['more follow', pieces('0123456789', 'HTTP/1.1 200 OK'), '0123456789'],
    ['more follow in the same chunk', pieces('01234', '56789HTTP/1.1 200 OK'), '01234'],
    ['there are fewer', pieces('01234'), '01234'],
    ['the source fails', failing(), '01234'],
  ])('are cut, and never more than announced, where %s', async (_what, source, most) => {
    expect(most.startsWith(await received(source))).toBe(true);
  });
});
