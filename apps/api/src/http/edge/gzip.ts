import { constants, gzip as deflate, gzipSync } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { prefersGzip } from './accept-encoding.js';
import { vary, type SendHook } from './hooks.js';

const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)(?:;|$)/;
/** Most of the size goes at the first level; the higher ones cost several times as much. */
const LEVEL = { level: constants.Z_BEST_SPEED };
/** Up to so many characters the way to another thread and back costs more than the work, and so does a large window. */
const SMALL = 4096;
const LEVEL_OF_SMALL = { ...LEVEL, windowBits: 13, memLevel: 6 };

/** Compresses JSON of at least so many bytes for who asks for it. The bytes of images do not come this way. */
export function gzipJson(from: number): SendHook {
  return (request, reply, payload, next) => {
    if (!isCompressible(reply, payload, from)) return next(null, payload);
    vary(reply, 'Accept-Encoding');
    const asked = request.headers['accept-encoding'];
    if (asked === undefined || !prefersGzip(asked)) return next(null, payload);
    const send = (compressed: Buffer) => {
      void reply.header('content-encoding', 'gzip').removeHeader('content-length');
      weakenTag(reply);
      next(null, compressed);
    };
    if (payload.length <= SMALL) send(gzipSync(payload, LEVEL_OF_SMALL));
    else deflate(payload, LEVEL, (error, compressed) => (error ? next(null, payload) : send(compressed)));
  };
}

function isCompressible(reply: FastifyReply, payload: unknown, from: number): payload is string | Buffer {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return false;
  if (payload.length === 0 || payload.length < from || reply.statusCode === 204 || reply.statusCode === 206 || reply.statusCode === 304) return false;
  return JSON_TYPE.test(String(reply.getHeader('content-type'))) && !reply.hasHeader('content-encoding');
}

/** These are other bytes than the tag is of (RFC 9110 §8.8.1). */
function weakenTag(reply: FastifyReply): void {
  const tag = reply.getHeader('etag');
  if (typeof tag === 'string' && tag.startsWith('"')) void reply.header('etag', `W/${tag}`);
}
