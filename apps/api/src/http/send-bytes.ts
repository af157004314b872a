import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';

/**
 * Sends a store's bytes past Fastify: the next chunk is read while the last is written. A source that fails in the
 * middle cuts the connection, since the status is gone already; a client that leaves ends the reading.
 */
export async function sendBytes(reply: FastifyReply, status: number, headers: OutgoingHttpHeaders, source: AsyncIterable<Buffer>): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(status, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers });
  let flushed: Promise<boolean> = Promise.resolve(true);
  try {
    for await (const chunk of source) {
      if (!(await flushed)) return;
      flushed = write(raw, chunk);
    }
    await flushed;
    raw.end();
  } catch (error) {
    raw.destroy(error instanceof Error ? error : undefined);
  }
}

/** False when the client has gone. */
function write(raw: FastifyReply['raw'], chunk: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (raw.destroyed) resolve(false);
    else raw.write(chunk, (error) => resolve(!error));
  });
}
