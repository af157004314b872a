import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Login {
  readonly auth: { readonly identity: { readonly password: { readonly user: { readonly name: string } } } };
}

/**
 * As much of Keystone's v3 API as a client needs to log in by password and to find the image service. The tokens are
 * those of the test authentication, and nobody may look up projects, as no ordinary person may.
 */
export async function startIdentity(imageUrl: string, tokens: Readonly<Record<string, string>>): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    const version = { version: { id: 'v3.14', status: 'stable', links: [{ rel: 'self', href: `${url()}/` }] } };
    if (request.method === 'GET' && /^\/v3\/?$/.test(request.url ?? '')) return send(200, version);
    if (request.method !== 'POST' || request.url !== '/v3/auth/tokens') return send(403, { error: { code: 403, message: 'not allowed', title: 'Forbidden' } });
    void nameIn(request).then((name) => {
      const token = tokens[name];
      if (token === undefined) return send(401, { error: { code: 401, message: 'no such user', title: 'Unauthorized' } });
      return send(201, { token: described(token, { image: imageUrl, identity: url() }) }, { 'x-subject-token': token });
    });
  }).listen(0, '127.0.0.1');
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3`;
  await once(server, 'listening');
  const stop = async () => {
    server.close().closeAllConnections();
    await once(server, 'close');
  };
  return { url: url(), stop };
}

async function nameIn(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return (JSON.parse(Buffer.concat(chunks).toString()) as Login).auth.identity.password.user.name;
}

function described(token: string, services: Readonly<Record<string, string>>) {
  const [user, project, roles = ''] = token.split(':');
  const domain = { id: 'default', name: 'Default' };
  return {
    methods: ['password'],
    user: { id: user, name: user, domain },
    project: { id: project, name: project, domain },
    roles: roles.split(',').map((name) => ({ id: name, name })),
    issued_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    catalog: Object.entries(services).map(([type, url]) => ({ type, name: type, id: type, endpoints: [{ id: type, interface: 'public', region: 'here', region_id: 'here', url }] })),
  };
}
