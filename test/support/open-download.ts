import { get, type IncomingMessage } from 'node:http';
import type { Server } from './server.js';

/** A client that takes the first bytes of an image and then none, until it is destroyed or resumed. */
export const openDownload = (server: Server, id: string, token: string) => new Promise<IncomingMessage>((resolve, reject) => {
  const request = get(`${server.url}/v2/images/${id}/file`, { headers: { 'x-auth-token': token }, agent: false }, (response) => {
    response.once('data', () => response.pause() && resolve(response)).on('error', () => undefined);
  });
  request.on('error', reject);
});
