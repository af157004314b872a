import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { BodyTooLarge, InvalidValue, MalformedBody } from './api.errors.js';

export const MAX_JSON_BYTES = 1024 * 1024;

const BODY_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const ENCODINGS: ReadonlySet<string> = new Set(['chunked', 'compress', 'deflate', 'gzip', 'identity']);

export function hasBody({ method, headers }: FastifyRequest): boolean {
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && ENCODINGS.has(encoding.toLowerCase()) && BODY_METHODS.has(method)) return true;
  return Number(headers['content-length'] ?? 0) > 0;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request with a body is refused. */
    noBody?: boolean;
  }
}

export const NoBody = (): MethodDecorator => RouteConfig({ noBody: true });

/**
 * The bytes of a body, none of them held back. Whoever stops reading leaves the connection open, so that the refusal
 * reaches a client that is still sending.
 */
export function bodyBytes({ raw }: FastifyRequest): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => raw.iterator({ destroyOnReturn: false }) };
}

export type JsonBodyValue = { readonly [key: string]: unknown } | readonly unknown[];

/** The body as an object or array, whatever its media type says. */
export async function readJson(request: FastifyRequest, maximum = MAX_JSON_BYTES): Promise<JsonBodyValue> {
  if (!hasBody(request)) throw new MalformedBody('Body expected in request.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bodyBytes(request)) {
    size += chunk.length;
    if (size > maximum) throw new BodyTooLarge(maximum);
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks, size));
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function parseJson(bytes: Uint8Array): JsonBodyValue {
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(bytes));
  } catch {
    throw new MalformedBody('Malformed JSON in request body.');
  }
  if (typeof value !== 'object' || value === null) throw new MalformedBody('Unexpected body type. Expected list/dict.');
  refuseUnstorable(value);
  return value as JsonBodyValue;
}

/** Deeper than any document of the API, and shallow enough for whatever walks it. */
const MAX_DEPTH = 64;

/** No loss on the way through UTF-8, PostgreSQL and JSON again: neither U+0000, half of a surrogate pair nor an infinite number. */
function refuseUnstorable(root: object): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new MalformedBody(`The body is nested more than ${MAX_DEPTH} levels deep.`);
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string') refuseUnstorableText(value);
      else if (value === Infinity || value === -Infinity) throw new InvalidValue('The body has a number beyond every bound.');
      else if (typeof value === 'object' && value !== null) {
        if (!Array.isArray(value)) Object.keys(value).forEach(refuseUnstorableText);
        for (const one of Object.values(value)) below.push(one);
      }
    }
    level = below;
  }
}

function refuseUnstorableText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new InvalidValue('The body has text with a NUL character or half of a surrogate pair, which cannot be stored.');
  }
}
