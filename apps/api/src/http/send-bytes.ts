import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';

/**
 * Sends a store's bytes past Fastify: the next chunk is read while the last is written. A source that fails in the
 * middle, or has not as many bytes as it should, cuts the connection, since the status is gone already: what is beyond
 * would be read as the next answer. A client that leaves ends the reading.
 */
export async function sendBytes(reply: FastifyReply, status: number, headers: OutgoingHttpHeaders, source: AsyncIterable<Buffer>, length: number): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(status, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers });
  let flushed: Promise<boolean> = Promise.resolve(true);
  let left = length;
  try {
    for await (const chunk of source) {
      if (!(await flushed)) return;
      left -= chunk.length;
      if (left < 0) break;
      flushed = write(raw, chunk);
    }
    await flushed;
    if (left === 0) raw.end();
    else raw.destroy();
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
