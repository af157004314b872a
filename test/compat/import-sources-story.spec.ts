import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { eventually } from '../support/eventually.js';
import { everyRow } from '../support/every-row.js';
import { HostileOrigin } from '../support/hostile-origin.js';
import { ImageClient } from '../support/image-client.js';
import { publish } from '../support/keystone-cloud.js';
import { Keystone, PASSWORD } from '../support/keystone.js';
import { Origin } from '../support/origin.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { PythonClients } from '../support/python-clients.js';
import { Server } from '../support/server.js';
import { fieldsOf, words } from '../support/story.js';

const SLOW = 60_000;
const SOURCE = '0f000000-0000-4000-8000-000000000001';
const HALF = '0f000000-0000-4000-8000-000000000002';
const LIAR = '0f000000-0000-4000-8000-000000000003';
const LATE = '0f000000-0000-4000-8000-000000000004';
const DATA = 'the data of an image';
const md5 = createHash('md5').update(DATA).digest('hex');
const sha512 = createHash('sha512').update(DATA).digest('hex');

interface Task {
  readonly status: string;
  readonly message: string;
}

/** Another Glance's answer about an image, and to whoever asks for its data. */
const answer = (body: string) => (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
const document = (id: string) => JSON.stringify({ id, status: 'active', size: DATA.length, disk_format: 'raw', container_format: 'bare', os_hash_algo: 'sha512', os_hash_value: sha512 });

/** Two regions that a real Keystone knows, and a third that is no Glance. */
describe('Images from elsewhere', () => {
  let keystone: Keystone;
  let database: TestDatabase;
  let origin: Origin;
  let odd: HostileOrigin;
  let there: Server;
  let here: Server;
  let clients: PythonClients;
  let lateIsUp = false;
  const conf = () => `${keystone.conf()}[import_filtering_opts]\nallowed_hosts = 127.0.0.1\nallowed_ports = []\n`;
  const startHere = (stateDir?: string) => Server.start({
    conf: `debug = True\nenabled_import_methods = [web-download,glance-download]\n${conf()}[database]\nconnection = ${database.url}\n`, ...(stateDir === undefined ? {} : { stateDir }),
  });

  beforeAll(async () => {
    odd = await HostileOrigin.start({
      [`/v2/images/${LIAR}`]: answer(document(LIAR)), [`/v2/images/${LIAR}/file`]: answer('x'.repeat(DATA.length)),
      [`/v2/images/${LATE}`]: (socket) => void (lateIsUp && answer(document(LATE))(socket)), [`/v2/images/${LATE}/file`]: answer(DATA),
    });
    [keystone, database, origin] = await Promise.all([Keystone.start(), testDatabase(), Origin.start()]);
    origin.files.set('/tiny.raw', Buffer.from(DATA));
    [there, here] = await Promise.all([Server.start({ memory: true, conf: conf() }), startHere()]);
    await publish(keystone, 'image', here.url);
    await publish(keystone, 'image', `${there.url}/`, 'There');
    await publish(keystone, 'image', odd.url, 'odd');
    clients = PythonClients.start(here.stateDir);
  }, 2 * SLOW);
  afterAll(async () => {
    await clients.stop();
    for (const server of [here, there]) await server.dispose();
    await Promise.all([origin.close(), odd.close(), database.drop()]);
    await keystone.stop();
  }, SLOW);

  const typed = async (run: string, { as = 'red-member', region = 'here', input }: { as?: string; region?: string; input?: string } = {}): Promise<Record<string, string | undefined>> => {
    const [project = ''] = as.split('-');
    const login = ['--os-auth-url', keystone.url, '--os-username', as, '--os-password', PASSWORD, '--os-project-name', project, '--os-user-domain-id', 'default', '--os-project-domain-id', 'default', '--os-region-name', region];
    const { code, stdout, stderr } = await clients.run('glance', [...login, ...words(run)], input);
    const said = `${stdout}\n${stderr}`;
    expect({ code, said }).toEqual({ code: 0, said });
    return fieldsOf(stdout);
  };
  const client = async (login = { user: 'red-member', project: 'red' }) => new ImageClient(here, await keystone.token(login));
  const taskOf = async (of: ImageClient, id: string): Promise<Task | undefined> => ((await (await of.request(`/v2/images/${id}/tasks`)).json()) as { tasks: Task[] }).tasks.at(-1);
  const download = (of: ImageClient, id: string, method: Record<string, unknown>): Promise<Response> =>
    of.request(`/v2/images/${id}/import`, { method: 'POST', body: JSON.stringify({ method: { name: 'glance-download', ...method } }) });
  const sealedTokens = async (): Promise<number> => (await everyRow(database.url)).match(/import-token/g)?.length ?? 0;

  it('glance image-create-via-import brings one from a web server', async () => {
    const { id = '' } = await typed(`image-create-via-import --import-method web-download --uri ${origin.url}/tiny.raw --disk-format raw --container-format bare --name web`);
    await eventually(async () => expect(await typed(`image-show ${id}`)).toMatchObject({ status: 'active', size: String(DATA.length), checksum: md5 }), SLOW);
  }, 2 * SLOW);

  it('row 39: a glance-download brings one from another region, with its formats and some of its properties', async () => {
    await typed(`image-create --id ${SOURCE} --disk-format raw --container-format ovf --name source --property hw_disk_bus=scsi --property os_distro=debian --property mine=1`, { region: 'There', input: DATA });
    const { id = '' } = await typed('image-create --disk-format qcow2 --container-format bare --name copy --property kept=1');
    // The clients of this age have options for it, and lose them on the way.
    expect((await download(await client(), id, { glance_region: 'there', glance_image_id: SOURCE, glance_service_interface: 'internal' })).status).toBe(202);
    await eventually(async () => expect(await typed(`image-show ${id}`)).toMatchObject({ status: 'active', size: String(DATA.length), checksum: md5 }), SLOW);
    const copy = await typed(`image-show ${id}`);
    expect(copy).toMatchObject({ name: 'copy', disk_format: 'raw', container_format: 'ovf', hw_disk_bus: 'scsi', os_distro: 'debian', kept: '1' });
    expect(copy).not.toHaveProperty('mine');
    expect(await sealedTokens()).toBe(0);
  }, 2 * SLOW);

  it('what cannot be brought leaves the image as it was, and the reason in its task', async () => {
    await typed(`image-create --id ${HALF} --disk-format raw --container-format bare --name half`, { region: 'There' });
    const red = await client();
    const blue = await client({ user: 'blue-member', project: 'blue' });
    const failures: readonly [who: ImageClient, method: Record<string, unknown>, says: string][] = [
      [red, { glance_region: 'Nowhere', glance_image_id: SOURCE }, 'no public endpoint of an image service in region Nowhere'],
      [red, { glance_region: 'There', glance_image_id: HALF }, 'Source image status should be active instead of queued'],
      [red, { glance_region: 'There', glance_image_id: SOURCE.replace('0f', '0e') }, 'the server answers 404 Not Found'],
      [blue, { glance_region: 'There', glance_image_id: SOURCE }, 'the server answers 404 Not Found'],
      [red, { glance_region: 'odd', glance_image_id: LIAR }, 'not what the hash of the source image says'],
    ];
    for (const [who, method, says] of failures) {
      const { id } = await who.create({ disk_format: 'qcow2', hw_disk_bus: 'ide' });
      expect((await download(who, id, method)).status).toBe(202);
      await eventually(async () => expect(await taskOf(who, id)).toMatchObject({ status: 'failure', message: expect.stringContaining(says) as string }), SLOW);
      expect(await who.show(id)).toMatchObject({ status: 'queued', size: null, disk_format: 'qcow2', container_format: 'bare', hw_disk_bus: 'ide', os_glance_importing_to_stores: '' });
    }
    expect(existsSync(join(here.stateDir, 'staging')) ? readdirSync(join(here.stateDir, 'staging')) : []).toEqual([]);
    expect(await sealedTokens()).toBe(0);
  }, 2 * SLOW);

  it.each([
    [{ glance_image_id: SOURCE }, 'needs to be set for glance-download'], [{ glance_region: 'There' }, 'needs to be set for glance-download'],
    [{ glance_region: 'There', glance_image_id: 'source' }, 'image id does not look like a UUID'], [{ glance_region: 3, glance_image_id: SOURCE }, 'glance_region'],
    [{ glance_region: 'There', glance_image_id: SOURCE, glance_service_interface: [] }, 'glance_service_interface'],
  ])('a glance-download of %j is refused', async (method, says) => {
    const red = await client();
    const { id } = await red.create();
    const answered = await download(red, id, method);
    expect([answered.status, await answered.text()]).toEqual([400, expect.stringContaining(says)]);
    expect(await sealedTokens()).toBe(0);
  });

  it('CVE-2014-1948: the token that one is fetched with outlives the server, and is nowhere to be read', async () => {
    const token = await keystone.token({ user: 'red-member', project: 'red' });
    const { id } = await new ImageClient(here, token).create({ disk_format: 'qcow2' });
    expect((await download(new ImageClient(here, token), id, { glance_region: 'odd', glance_image_id: LATE })).status).toBe(202);
    await eventually(async () => expect(odd.asked).toContain(`/v2/images/${LATE}`), SLOW);
    const rows = await everyRow(database.url);
    expect([rows.includes('import-token'), rows.includes(token), here.output.includes(token)]).toEqual([true, false, false]);
    expect(statSync(join(here.stateDir, 'secrets.key')).mode & 0o777).toBe(0o600);
    await here.end('SIGKILL');
    lateIsUp = true;
    here = await startHere(here.stateDir);
    await eventually(async () => expect(await new ImageClient(here, token).show(id)).toMatchObject({ status: 'active', disk_format: 'raw', os_hash_value: sha512 }), 2 * SLOW);
    expect(await sealedTokens()).toBe(0);
    expect(here.output).not.toContain(token);
  }, 4 * SLOW);
});
