import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from '../../../../test/support/run.js';
import { BarbicanKeyManager, type BarbicanOptions } from './barbican.key-manager.js';
import { openKeyManager, type KeyManagerSettings } from './open-key-manager.js';

const ID = '5f1b1a0e-0000-4000-8000-000000000001';
const METADATA = JSON.stringify({ status: 'ACTIVE', content_types: { default: 'text/plain' } });

const refusal = (work: Promise<unknown>) => work.then(() => 'answered', (error: unknown) => error);

/** What Barbican itself answers is seen in test/e2e/signed-images.spec.ts; this is what stands or breaks in between. */
describe('Barbican over HTTP', () => {
  let servers: Server[];
  let seen: { url?: string; token?: unknown; accept?: string }[];
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => ([servers, seen] = [[], []]));
  afterEach(() => servers.forEach((server) => server.close().closeAllConnections()));

  async function listen(server: Server): Promise<string> {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const address = server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  const good: RequestListener = ({ url, headers }, answer) => {
    seen.push({ url, token: headers['x-auth-token'], accept: headers.accept });
    answer.end(url?.endsWith('/payload') ? 'the certificate' : METADATA);
  };
  async function barbican(listener: RequestListener, options: Partial<BarbicanOptions> = {}): Promise<BarbicanKeyManager> {
    return new BarbicanKeyManager({ endpoint: `http://${await listen(createServer(listener))}`, apiVersion: 'v1', tls: { verify: true }, ...options });
  }

  it('is asked what the secret is, then for its payload in the form that it is kept in, with the token', async () => {
    const keys = await barbican(good);
    expect((await keys.certificate({ token: 'mine' }, ID)).toString()).toBe('the certificate');
    expect(seen).toEqual([
      { url: `/v1/secrets/${ID}`, token: 'mine', accept: 'application/json' },
      { url: `/v1/secrets/${ID}/payload`, token: 'mine', accept: 'text/plain' },
    ]);
  });

  it.each(['', '/', '/v1', '/v1/'])('may be configured with an endpoint that ends with %j', async (end) => {
    const keys = await barbican(good, { endpoint: `http://${await listen(createServer(good))}${end}` });
    await keys.certificate({}, ID);
    expect(seen[0]).toEqual({ url: `/v1/secrets/${ID}`, token: undefined, accept: 'application/json' });
  });

  it('is found anew for each use where a catalog says where it is', async () => {
    let catalog = async (): Promise<string | undefined> => undefined;
    const keys = await barbican(good, { endpoint: () => catalog() });
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'KeyManagerNotConfigured' });
    const endpoint = `http://${await listen(createServer(good))}`;
    catalog = async () => endpoint;
    expect((await keys.certificate({}, ID)).toString()).toBe('the certificate');
    catalog = async () => Promise.reject(new Error('Keystone is down'));
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'KeyManagerUnavailable' });
  });

  it.each(['', 'x', '../orders', `${ID}/payload`, `${ID}?a=b`, `${ID}\n`, `http://127.0.0.1/${ID}`])('is not asked for the id %j', async (id) => {
    expect(await refusal((await barbican(good)).certificate({}, id))).toMatchObject({ code: 'CertificateRefused' });
    expect(seen).toEqual([]);
  });

  it.each([400, 401, 403, 404, 406])('that answers %i has no such certificate for the caller', async (status) => {
    const keys = await barbican((_, answer) => answer.writeHead(status).end());
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'CertificateRefused', id: ID });
  });

  it.each([204, 302, 429, 500, 503])('that answers %i is not available', async (status) => {
    const keys = await barbican((_, answer) => answer.writeHead(status, { location: 'http://127.0.0.1:1/' }).end());
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'KeyManagerUnavailable', reason: `it answered ${status}` });
  });

  it.each(['', 'null', '[', '"text"', '{"content_types":1}', '{"content_types":{"default":1}}'])('that answers %j is not available', async (text) => {
    const keys = await barbican((_, answer) => answer.end(text));
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'KeyManagerUnavailable' });
  });

  it.each(['{}', '{"content_types":null}', '{"content_types":{}}'])('that answers %j has a secret without payload', async (text) => {
    const keys = await barbican((_, answer) => answer.end(text));
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'CertificateRefused', message: expect.stringContaining('no payload') });
  });

  it('is not listened to without end', async () => {
    const keys = await barbican(({ url }, answer) => {
      if (!url?.endsWith('/payload')) return void answer.end(METADATA);
      const more = () => void answer.write(Buffer.alloc(64 * 1024), () => answer.destroyed || setImmediate(more));
      more();
    });
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'KeyManagerUnavailable', reason: expect.stringContaining('longer than') });
  });

  it('is not waited for without end', async () => {
    const keys = await barbican(() => undefined, { timeoutMs: 50 });
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'KeyManagerUnavailable' });
  });

  it('is not waited for by one that gives up', async () => {
    const control = new AbortController();
    const keys = await barbican(() => control.abort(new Error('stopping')));
    expect(await refusal(keys.certificate({}, ID, control.signal))).toMatchObject({ message: 'stopping' });
  });

  it('that cuts the connection is not available', async () => {
    const keys = await barbican(({ socket }) => socket.destroy());
    expect(await refusal(keys.certificate({}, ID))).toMatchObject({ code: 'KeyManagerUnavailable' });
  });

  describe('asked to delete a key', () => {
    interface Kept {
      readonly creator: string;
      readonly project: string;
    }
    let kept: Map<string, Kept>;
    beforeEach(() => (kept = new Map([[ID, { creator: 'user-1', project: 'p1' }]])));
    const TOKENS: Readonly<Record<string, string>> = { mine: 'p1', foreign: 'p2', own: 'p1' };

    /** Secrets as Barbican has them: by the project of the token. */
    const secrets: RequestListener = ({ method, url, headers }, answer) => {
      seen.push({ url: `${method} ${url}`, token: headers['x-auth-token'] });
      const project = TOKENS[String(headers['x-auth-token'])];
      const secret = kept.get(url?.split('/').at(-1) ?? '');
      if (project === undefined) return void answer.writeHead(401).end();
      if (!secret) return void answer.writeHead(404).end();
      if (secret.project !== project) return void answer.writeHead(403).end();
      if (method === 'GET') return void answer.end(JSON.stringify({ creator_id: secret.creator, content_types: null }));
      kept.delete(ID);
      answer.writeHead(204).end();
    };
    const asService = (options: Partial<BarbicanOptions> = {}) => barbican(secrets, { ownToken: async () => 'own', ...options });

    it('does so with the caller\'s token, and is content where there is none', async () => {
      const keys = await barbican(secrets);
      await keys.deleteKey(ID, { credentials: { token: 'mine' } });
      await keys.deleteKey(ID, { credentials: { token: 'mine' } });
      expect(kept.size).toBe(0);
      expect(seen.map(({ url }) => url)).toEqual([`DELETE /v1/secrets/${ID}`, `DELETE /v1/secrets/${ID}`]);
    });

    it.each(['foreign', 'unknown'])('keeps it from a token that is %s', async (token) => {
      expect(await refusal((await barbican(secrets)).deleteKey(ID, { credentials: { token } }))).toMatchObject({ code: 'KeyRefused', id: ID });
      expect(kept.size).toBe(1);
    });

    it('does so with the service\'s own token where the user made it for whom it is deleted, and looks first', async () => {
      await (await asService()).deleteKey(ID, { madeBy: 'user-1' });
      expect(kept.size).toBe(0);
      expect(seen.map(({ url, token }) => `${url} ${String(token)}`)).toEqual([`GET /v1/secrets/${ID} own`, `DELETE /v1/secrets/${ID} own`]);
    });

    it('never lets the service\'s own rights reach the key of another user', async () => {
      expect(await refusal((await asService()).deleteKey(ID, { madeBy: 'user-2' }))).toMatchObject({ code: 'KeyRefused' });
      expect(kept.size).toBe(1);
    });

    it('is content where the service finds none, and where the id cannot be one', async () => {
      kept.clear();
      await (await asService()).deleteKey(ID, { madeBy: 'user-1' });
      await (await asService()).deleteKey('../orders', { madeBy: 'user-1' });
      expect(seen).toHaveLength(1);
    });

    it.each([409, 500, 503])('that answers %i is to be asked again', async (status) => {
      const keys = await barbican((_, answer) => answer.writeHead(status).end());
      expect(await refusal(keys.deleteKey(ID, { credentials: {} }))).toMatchObject({ code: 'KeyManagerUnavailable' });
    });

    it('is to be asked again where the service gets no token, or one that does not count any more', async () => {
      for (const ownToken of [async () => 'revoked', async () => Promise.reject(new Error('Keystone is down'))]) {
        expect(await refusal((await asService({ ownToken })).deleteKey(ID, { madeBy: 'user-1' }))).toMatchObject({ code: 'KeyManagerUnavailable' });
      }
    });
  });

  describe('with TLS', () => {
    let folder: string;
    let endpoint: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'afterimage-tls-'));
      const subject = ['-subj', '/CN=barbican', '-addext', 'subjectAltName=IP:127.0.0.1'];
      await succeed('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'authority.crt', ...subject], { cwd: folder });
    }, 60_000);
    beforeEach(async () => {
      const [key, cert] = ['key.pem', 'authority.crt'].map((name) => readFileSync(join(folder, name)));
      endpoint = `https://${await listen(createHttpsServer({ key, cert }, good))}`;
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const ask = (more: Partial<KeyManagerSettings>) =>
      refusal(openKeyManager({ backend: 'barbican', endpoint, apiVersion: 'v1', verifyTls: true, ...more }).certificate({ token: 'mine' }, ID));

    it('is not told the token when nobody vouches for its certificate', async () => {
      expect(await ask({})).toMatchObject({ code: 'KeyManagerUnavailable', reason: expect.stringContaining('self-signed') });
      expect(seen).toEqual([]);
    });

    it('is believed when verify_ssl_path, a file or a folder, vouches for it', async () => {
      expect(await ask({ authorities: join(folder, 'authority.crt') })).toBe('answered');
      expect(await ask({ authorities: folder })).toBe('answered');
    });

    it('is believed unasked with verify_ssl = False', async () => {
      expect(await ask({ verifyTls: false, authorities: '/not/there' })).toBe('answered');
    });
  });
});

describe('the key manager of a configuration', () => {
  const settings: KeyManagerSettings = { backend: 'barbican', endpoint: 'http://127.0.0.1:9311', apiVersion: 'v1', verifyTls: true };

  it.each(['barbican', 'castellan.key_manager.barbican_key_manager.BarbicanKeyManager'])('is Barbican with the backend %s', (backend) => {
    expect(openKeyManager({ ...settings, backend })).toBeInstanceOf(BarbicanKeyManager);
  });

  it('that is not served refuses, saying so', async () => {
    expect(await refusal(openKeyManager({ ...settings, backend: 'vault' }).certificate({}, ID))).toMatchObject({
      code: 'KeyManagerNotConfigured', message: expect.stringContaining('[key_manager] backend = vault'),
    });
  });

  it('that has no endpoint refuses, saying which option to set', async () => {
    expect(await refusal(openKeyManager({ ...settings, endpoint: undefined }).certificate({}, ID))).toMatchObject({
      code: 'KeyManagerNotConfigured', message: expect.stringContaining('[barbican] barbican_endpoint'),
    });
  });

  it('with certificates to trust that cannot be read stops the start', () => {
    expect(() => openKeyManager({ ...settings, authorities: '/not/there' })).toThrow('[barbican] verify_ssl_path = /not/there');
  });
});
