import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeystoneConnection } from './connection.js';

export interface Identity {
  readonly connection: KeystoneConnection;
  /** Method and path of each request. */
  readonly asked: string[];
  readonly server: Server;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

export const tokenBody = (more: object = {}): object =>
  ({ token: { user: { id: 'u1', name: 'u' }, project: { id: 'p1', name: 'p' }, roles: [{ id: '1', name: 'Member' }], expires_at: inAnHour(), catalog: [], ...more } });

export const answerToken = (response: ServerResponse, body: object = tokenBody(), status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json', 'x-subject-token': 'own-token' }).end(JSON.stringify(body));

/** What stands where Keystone would: what goes wrong on the way to it cannot be had from a real one. `validate` answers all but the service's own log-in. */
export async function startIdentity(validate: Answer, login: Answer = (_request, response) => answerToken(response, tokenBody(), 201)): Promise<Identity> {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    (request.method === 'POST' ? login : validate)(request, response, asked.filter((one) => one.startsWith(request.method ?? '')).length);
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const credentials = { kind: 'password' as const, user: { name: 'glance', domainId: 'default' }, password: 'x', scope: { project: { name: 'service', domainId: 'default' } } };
  return {
    connection: { authUrl: `http://127.0.0.1:${port}`, credentials, tls: { insecure: false }, timeoutMs: 2_000, retries: 0 },
    asked,
    server,
    close: async () => {
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}
