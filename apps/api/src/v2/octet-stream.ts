import type { FastifyRequest } from 'fastify';
import { UnsupportedMediaType } from '../http/api.errors.js';

/** Image data comes as nothing else. */
export function octetStream({ headers }: FastifyRequest): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/octet-stream') throw new UnsupportedMediaType(type ?? 'text/plain');
}
