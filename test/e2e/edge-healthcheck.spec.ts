import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exchange } from '../support/raw-http.js';
import { freePort, Server } from '../support/server.js';

describe('The health check', () => {
  let server: Server;
  let off: string;
  beforeAll(async () => {
    server = await Server.start({ memory: true, conf: '[paste_deploy]\nflavor = fakeauth\n[healthcheck]\ndisable_by_file_path = ${DEFAULT.state_dir}/off\n' });
    off = join(server.stateDir, 'off');
  }, 60_000);
  afterAll(() => server.dispose());

  const ask = async (method: string, target: string, headers: [string, string][] = []) => {
    const { answer } = await exchange(new URL(server.url), { method, target, headers, body: Buffer.alloc(0) });
    if (!answer) throw new Error('no answer');
    return answer;
  };

  it('ask 41: a file takes the server out of its load balancer and gives it back, while it serves on', async () => {
    const state = async () => {
      const answer = await fetch(`${server.url}/healthcheck`);
      return [answer.status, await answer.text()];
    };
    expect(await state()).toEqual([200, 'OK']);
    await writeFile(off, '');
    expect(await state()).toEqual([503, 'DISABLED BY FILE']);
    expect((await ask('HEAD', '/healthcheck')).status).toBe(503);
    expect((await fetch(`${server.url}/v2/images`)).status).toBe(200);
    await rm(off);
    expect(await state()).toEqual([200, 'OK']);
    expect((await ask('HEAD', '/healthcheck')).status).toBe(204);
  });

  it('asks nobody who they are, and has no request id', async () => {
    const answer = await ask('GET', '/healthcheck?x=1', [['X-Identity-Status', 'Invalid'], ['X-Auth-Token', 'nobody']]);
    expect([answer.status, answer.body.toString(), answer.headers.get('x-openstack-request-id')]).toEqual([200, 'OK', undefined]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('is not there for %s', async (method) => {
    const answer = await ask(method, '/healthcheck');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is at its path alone, which may be named with the host', async () => {
    expect((await ask('GET', `${server.url}/healthcheck`)).body.toString()).toBe('OK');
    const elsewhere = await Promise.all(['/healthcheck/', '/healthchecks', '/v2/healthcheck', '/Healthcheck'].map((path) => ask('GET', path)));
    expect(elsewhere.map(({ status }) => status)).toEqual([300, 300, 404, 300]);
  });

  it.each(['GET /healthcheck HTTP/1.1\r\nHost: h\r\n\r\nnonsense\r\n\r\n', 'GET /healthcheck HTTP/1.0\r\n\r\n'])('answers %j before all else', async (text) => {
    const { hostname, port } = new URL(server.url);
    const { connect } = await import('node:net');
    const said = await new Promise<string>((resolve, reject) => {
      let all = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.setEncoding('latin1').on('data', (part: string) => (all += part)).on('close', () => resolve(all)).on('error', reject);
    });
    expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(said).toContain('\r\n\r\nOK');
  });
});

describe('The health check of a paste file', () => {
  it('is where and what that says, in detail if asked', async () => {
    const paste = '[composite:glance-api]\n/: api\n/alive: healthcheck\n[app:healthcheck]\npaste.app_factory = oslo_middleware:Healthcheck.app_factory\nbackends = disable_by_file\ndisable_by_file_path = %(here)s/off\ndetailed = True\n';
    const first = await Server.start({ memory: true });
    await first.end();
    await writeFile(join(first.stateDir, 'test-paste.ini'), paste);
    const server = await Server.start({ memory: true, stateDir: first.stateDir });
    try {
      const answer = await fetch(`${server.url}/alive`, { headers: { accept: 'application/json' } });
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({
        detailed: true, reasons: [{ class: 'DisableByFile', details: `Path '${server.stateDir}/off' was not found`, reason: 'OK' }],
      })]);
      expect(await (await fetch(`${server.url}/alive`, { headers: { accept: 'text/html' } })).text()).toContain(`<TD>Path &#39;${server.stateDir}/off&#39; was not found</TD>`);
      expect((await fetch(`${server.url}/healthcheck`)).status).toBe(300);
    } finally {
      await server.dispose();
    }
  }, 60_000);
});

describe('With a Keystone that is not there', () => {
  it('the health check is as ever, and what Keystone cannot judge any page may read as a refusal; limits of an address come before it', async () => {
    const keystone = `http://127.0.0.1:${await freePort()}`;
    const server = await Server.start({
      memory: true,
      conf: `[paste_deploy]\nflavor = keystone\n[keystone_authtoken]\nauth_url = ${keystone}\nusername = glance\npassword = secret\nproject_name = service\n[cors]\nallowed_origin = https://horizon.example\n[rate_limit]\nrequests_per_address = 200\ninterval = 3600\n`,
    });
    try {
      const headers = { origin: 'https://horizon.example', 'x-auth-token': 'token' };
      const refused = await fetch(`${server.url}/v2/images`, { headers });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([503, 'https://horizon.example']);
      const nobody = await fetch(`${server.url}/v2/images`, { headers: { origin: 'https://horizon.example' } });
      expect([nobody.status, nobody.headers.get('access-control-allow-origin')]).toEqual([401, 'https://horizon.example']);
      const statuses = new Set((await Promise.all(Array.from({ length: 220 }, () => fetch(`${server.url}/v2/images`)))).map(({ status }) => status));
      expect(statuses).toEqual(new Set([401, 429]));
      expect((await fetch(`${server.url}/v2/images`, { headers })).status).toBe(429);
      expect(await (await fetch(`${server.url}/healthcheck`, { headers })).text()).toBe('OK');
    } finally {
      await server.dispose();
    }
  }, 60_000);
});
