import type { FastifyRequest } from 'fastify';
import { UnsupportedMediaType } from './api.errors.js';

const mediaType = ({ headers }: FastifyRequest): string | undefined => headers['content-type']?.split(';')[0]?.trim().toLowerCase();

export const isOctetStream = (request: FastifyRequest): boolean => mediaType(request) === 'application/octet-stream';

/** Image data comes as nothing else. */
export function octetStream(request: FastifyRequest): void {
  if (!isOctetStream(request)) throw new UnsupportedMediaType(mediaType(request) ?? 'text/plain');
}
