import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase } from '../support/postgres.js';
import { httpWorkers } from '../support/processes.js';
import { exchange } from '../support/raw-http.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { Server } from '../support/server.js';

/** Long enough that no machine is too slow for the interval to end within a test. */
const INTERVAL = 3600;
const conf = (lines: string) => `[paste_deploy]\nflavor = fakeauth\n[rate_limit]\ninterval = ${INTERVAL}\n${lines}`;

const statuses = (answers: readonly Response[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);
const times = <T>(count: number, one: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, one));

describe('Limits of requests', () => {
  const servers: Server[] = [];
  const start = async (lines: string) => {
    const server = await Server.start({ memory: true, conf: conf(lines) });
    servers.push(server);
    return server;
  };
  afterAll(() => Promise.all(servers.map((server) => server.dispose())));

  it('user-asks 7, OSSN-0076, CVE-2016-8611: a project makes so many requests in an interval and then waits; others do not', async () => {
    const server = await start('requests_per_project = 20\n');
    const as = (token: string) => new ImageClient(server, token);
    expect(statuses(await times(30, () => as('alice:red:member').request('/v2/images')))).toEqual([...Array<number>(20).fill(200), ...Array<number>(10).fill(429)]);
    expect(await as('rita:red:reader').status('GET', '/v2/images')).toBe(429);
    expect(await as('bob:blue:member').status('GET', '/v2/images')).toBe(200);
    expect((await fetch(`${server.url}/versions`)).status).toBe(200);
    expect(statuses(await times(22, () => as('root:none:admin').request('/v2/images'))).filter((status) => status === 429)).toHaveLength(2);
    expect(await as('other:none:admin').status('GET', '/v2/images')).toBe(200);
  }, 60_000);

  it('are told in the form of all refusals, with when to ask again, and what is refused does nothing', async () => {
    const server = await start('requests_per_project = 2\n');
    const client = new ImageClient(server, 'u:p:member');
    const { id } = await client.create();
    await client.show(id);
    const refused = await client.request('/v2/images', { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/json', origin: 'x' }, body: '{}' });
    expect([refused.status, refused.headers.get('x-openstack-request-id')]).toEqual([429, expect.stringMatching(/^req-/)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(INTERVAL);
    expect(await refused.json()).toMatchObject({ code: '429 Too Many Requests', title: 'Too Many Requests', message: expect.stringContaining('Too many requests') });
    expect((await client.put(id, Buffer.alloc(1_000_000))).status).toBe(429);
    const list = await new ImageClient(server, 'r:p2:admin').list('?visibility=all');
    expect(list.images.map(({ status }) => status)).toEqual(['queued']);
  }, 60_000);

  it('of an address come before anybody is asked who calls; the health check has none', async () => {
    const server = await start('requests_per_address = 10\n');
    const refused = (await times(20, () => fetch(`${server.url}/v2/images`, { headers: { 'x-identity-status': 'Invalid' } })));
    // The set-up asked for the versions first.
    expect(new Set(statuses(refused))).toEqual(new Set([401, 429]));
    expect(statuses(refused).filter((status) => status === 401).length).toBeLessThan(10);
    expect((await fetch(`${server.url}/`)).status).toBe(429);
    expect(statuses(await times(20, () => fetch(`${server.url}/healthcheck`)))).toEqual(Array<number>(20).fill(200));
    expect((await fetch(`${server.url}/versions`, { headers: { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' } })).status).toBe(429);
  }, 60_000);

  it('are of the address that a believed proxy tells, not of one that the client tells', async () => {
    const server = await start('requests_per_address = 5\n[oslo_middleware]\nenable_proxy_headers_parsing = True\ntrusted_proxies = 127.0.0.1\n');
    const from = async (headers: Record<string, string>) => {
      const { answer } = await exchange(new URL(server.url), { method: 'GET', target: '/versions', headers: Object.entries({ ...headers, Connection: 'close' }), body: Buffer.alloc(0) });
      return answer?.status;
    };
    for (let index = 0; index < 5; index += 1) expect(await from({ 'X-Forwarded-For': `203.0.113.${index}, 192.0.2.1` })).toBe(200);
    expect(await from({ 'X-Forwarded-For': '203.0.113.99, 192.0.2.1' })).toBe(429);
    expect(await from({ 'X-Forwarded-For': '192.0.2.2' })).toBe(200);
    for (let index = 0; index < 5; index += 1) expect(await from({ 'X-Forwarded-For': `2001:db8::${index}` })).toBe(200);
    expect(await from({ 'X-Forwarded-For': '2001:db8::ffff:1' })).toBe(429);
    expect(await from({ 'X-Forwarded-For': '2001:db8:0:1::1' })).toBe(200);
  }, 60_000);
});

describe('Limits of several processes', () => {
  it('hold for all of them together, whichever takes a connection, and for those that replace them', async () => {
    const database = await testDatabase();
    const server = await Server.start({ conf: `workers = 3\n${conf(`requests_per_project = 20\n[database]\nconnection = ${database.url}\n`)}` });
    try {
      expect(httpWorkers(server)).toHaveLength(3);
      const ask = async (token: string) => {
        const headers: [string, string][] = [['X-Auth-Token', token], ['Connection', 'close']];
        const { answer } = await exchange(new URL(server.url), { method: 'GET', target: '/v2/images', headers, body: Buffer.alloc(0) });
        return answer?.status ?? 0;
      };
      const answers = await times(40, () => ask('u:red:member'));
      expect(answers.toSorted((a, b) => a - b)).toEqual([...Array<number>(20).fill(200), ...Array<number>(20).fill(429)]);
      expect(await ask('u:blue:member')).toBe(200);
      for (const pid of httpWorkers(server)) process.kill(pid, 'SIGKILL');
      await eventually(async () => expect(await ask('u:red:member').catch(() => 0)).toBe(429), 30_000);
    } finally {
      await server.dispose();
      await database.drop();
    }
  }, 90_000);
});

describe('Limits that a Redis counts', () => {
  let redis: TestRedis;
  beforeAll(async () => (redis = await startRedis()), 60_000);
  afterAll(() => redis.stop());

  it('hold for all servers together, and for each alone while it is away', async () => {
    const lines = `requests_per_project = 10\nurl = ${redis.url}\n`;
    const [one, two] = await Promise.all([Server.start({ memory: true, conf: conf(lines) }), Server.start({ memory: true, conf: conf(lines) })]);
    try {
      const ask = (server: Server, project: string) => new ImageClient(server, `u:${project}:member`).request('/v2/images');
      const answers = await Promise.all([times(10, () => ask(one, 'shared')), times(10, () => ask(two, 'shared'))]);
      expect(statuses(answers.flat())).toEqual([...Array<number>(10).fill(200), ...Array<number>(10).fill(429)]);
      expect(Number(answers.flat().find(({ status }) => status === 429)?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      await redis.stop();
      expect(statuses(await times(15, () => ask(one, 'later')))).toEqual([...Array<number>(10).fill(200), ...Array<number>(5).fill(429)]);
      expect(one.output).toContain('the Redis of [rate_limit] does not answer');
      redis = await startRedis();
    } finally {
      await Promise.all([one.dispose(), two.dispose()]);
    }
  }, 60_000);
});
