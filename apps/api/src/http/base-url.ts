import type { FastifyRequest } from 'fastify';

/** Where the client reached this API, unless the operator says where it is to be reached; no slash at the end. */
export function baseUrl(request: FastifyRequest, publicEndpoint?: string): string {
  return publicEndpoint ? publicEndpoint.replace(/\/+$/, '') : `${request.protocol}://${request.host}`;
}
