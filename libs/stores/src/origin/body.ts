import type { IncomingMessage } from 'node:http';
import { OriginUnreachable } from './origin.errors.js';
import { OriginFault } from './unreachable-reason.js';

/** False where the end of the body cannot be told from a connection that broke. */
export const tellsItsEnd = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || /\bchunked$/i.test(headers['transfer-encoding'] ?? '');

/**
 * The bytes of an answer. Fails with `OriginUnreachable` where they end early, or nothing comes for so long while it is
 * waited for; a body that nobody begins to read is given up after the same time.
 */
export function bodyOf(response: IncomingMessage, idleMs: number): AsyncIterable<Buffer> {
  let waiting = true;
  const timer = setTimeout(() => {
    if (waiting) response.destroy(new OriginFault(`nothing came for ${idleMs / 1000} s`, 'time'));
  }, idleMs).unref();
  return chunksOf(response, {
    came: () => (waiting = false),
    wanted: () => {
      waiting = true;
      timer.refresh();
    },
    ended: () => clearTimeout(timer),
  });
}

interface Watch {
  came(): void;
  wanted(): void;
  ended(): void;
}

async function* chunksOf(response: IncomingMessage, watch: Watch): AsyncGenerator<Buffer> {
  try {
    watch.wanted();
    for await (const chunk of response) {
      watch.came();
      yield chunk;
      watch.wanted();
    }
    if (!response.complete) throw new OriginFault('it ended early', 'connection');
  } catch (error) {
    throw new OriginUnreachable(error);
  } finally {
    watch.ended();
    response.destroy();
  }
}
