import type { FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';

/** Where the client reached this API, unless the operator says where it is to be reached; no slash at the end. */
export function baseUrl(request: FastifyRequest, publicEndpoint?: string): string {
  return publicEndpoint ? publicEndpoint.replace(/\/+$/, '') : `${request.protocol}://${request.host || addressOf(request.raw.socket)}`;
}

/** HTTP/1.0 needs no Host. */
function addressOf({ localAddress = '', localPort = 0 }: Socket): string {
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
