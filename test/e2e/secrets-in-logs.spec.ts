import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { everyRow } from '../support/every-row.js';
import { ImageClient } from '../support/image-client.js';
import { Keystone, PASSWORD } from '../support/keystone.js';
import { Origin } from '../support/origin.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Server } from '../support/server.js';

const SLOW = 60_000;
const METADATA_KEY = 'k3y-of-16-bytes!';
const WRONG_PASSWORD = 'wr0ng-pa55word';
const URL_PASSWORD = 'pa55word-in-a-url';

/** Whatever a server is told in confidence is in no line that it writes and in no row that it keeps. */
describe('Secrets', () => {
  let keystone: Keystone;
  let origin: Origin;
  let database: TestDatabase;
  const servers: Server[] = [];
  const secrets = new Map([['the service\'s password', PASSWORD], ['a wrong password', WRONG_PASSWORD], ['the metadata key', METADATA_KEY], ['the password of a URL', URL_PASSWORD]]);

  beforeAll(async () => {
    [keystone, origin, database] = await Promise.all([Keystone.start(), Origin.start(), testDatabase()]);
    origin.files.set('/a', Buffer.from('data'));
  }, SLOW);
  afterAll(async () => {
    for (const server of servers) await server.dispose();
    await origin.close();
    await database.drop();
    await keystone.stop();
  }, SLOW);

  const start = async (conf: string): Promise<Server> => {
    const server = await Server.start({ conf: `debug = True\nlog_file = server.log\nlog_dir = .\nmetadata_encryption_key = ${METADATA_KEY}\nshow_multiple_locations = True\n${conf}[database]\nconnection = ${database.url}\n` });
    servers.push(server);
    return server;
  };
  const secret = (what: string, value: string): string => {
    secrets.set(what, value);
    return value;
  };

  it('CVE-2014-1948: come out nowhere, whatever goes right or wrong', async () => {
    const places = `[glance_store]\nstores = file,http\n[import_filtering_opts]\nallow_private_addresses = True\nallowed_ports = ${new URL(origin.url).port}\n`;
    const good = await start(`${keystone.conf('token_cache_time = 1\n')}${places}`);
    const token = secret('a token', await keystone.token({ user: 'red-admin', project: 'red' }));
    const service = secret('a service\'s token', await keystone.token({ user: 'glance', project: 'services' }));
    const revoked = secret('a revoked token', await keystone.token({ user: 'red-reader', project: 'red' }));
    await keystone.revoke(revoked);
    const unknown = secret('a token while Keystone is down', await keystone.token({ user: 'blue-reader', project: 'blue' }));
    const admin = new ImageClient(good, token);

    const { id } = await admin.create();
    await admin.put(id, 'data');
    await admin.status('GET', `/v2/images/${id}`, undefined, { 'x-service-token': service });
    for (const wrong of [revoked, secret('a foreign token', `${token.slice(0, -20)}AAAAAAAAAAAAAAAAAAAA`), secret('no token at all', 'n0-t0ken-at-all')]) {
      expect(await admin.as(wrong).status('GET', '/v2/images')).toBe(401);
      await admin.status('GET', '/v2/images', undefined, { 'x-service-token': wrong });
    }
    const place = origin.url.replace('//', `//user:${URL_PASSWORD}@`);
    const { id: placed } = await admin.create();
    await admin.patch(placed, [{ op: 'add', path: '/locations/-', value: { url: `${place}/a`, metadata: {} } }]);
    await admin.patch(placed, [{ op: 'add', path: '/locations/-', value: { url: `http://user:${URL_PASSWORD}@127.0.0.1:1/gone`, metadata: {} } }]);
    await admin.status('GET', `/v2/images/${placed}/file`);
    await admin.status('POST', '/v2/images', `{"name": "${'x'.repeat(300)}"}`, { 'content-type': 'application/json' });
    await keystone.down();
    expect(await admin.as(unknown).status('GET', '/v2/images')).toBe(503);
    await keystone.up();
    const misled = await start(keystone.conf().replace(`password = ${PASSWORD}`, `password = ${WRONG_PASSWORD}`));
    expect(await new ImageClient(misled, token).status('GET', '/v2/images')).toBe(503);

    const told: Record<string, string> = { database: await everyRow(database.url) };
    for (const [n, server] of servers.entries()) {
      await server.end();
      told[`output ${n}`] = server.output;
      told[`log ${n}`] = await readFile(join(server.stateDir, 'server.log'), 'utf8').catch(() => '');
    }
    expect(told['output 0'] + (told['log 0'] ?? '')).toContain('no token can be validated');
    expect(told['output 1'] + (told['log 1'] ?? '')).toContain('does not take the service\'s own credentials');
    expect(told['database']).toContain(id);
    const leaks = Object.entries(told).flatMap(([where, text]) => Array.from(secrets, ([what, value]) => (text.includes(value) ? `${what} in ${where}` : [])).flat());
    expect(leaks).toEqual([]);
  }, 3 * SLOW);
});
