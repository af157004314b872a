import type { FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';

/** Where the client reached this API, unless the operator says where it is to be reached; no slash at the end. */
export function baseUrl(request: FastifyRequest, publicEndpoint?: string): string {
  if (publicEndpoint) return publicEndpoint.replace(/\/+$/, '');
  const { scheme = request.protocol, host = request.host || addressOf(request.raw.socket), prefix = '' } = request.forwarded ?? {};
  return `${scheme}://${host}${prefix}`;
}

/** HTTP/1.0 needs no Host. */
function addressOf({ localAddress = '', localPort = 0 }: Socket): string {
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
