import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GRUB_ISO } from '../support/real-images.js';
import { succeed } from '../support/run.js';
import { Server } from '../support/server.js';

/** `openstack image …` without authentication, by a clouds.yaml that names the endpoint. */
describe('python-openstackclient', () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.start();
    await writeFile(join(server.stateDir, 'clouds.yaml'), `clouds:
  here:
    auth_type: none
    image_endpoint_override: ${server.url}
    image_api_version: '2'
`);
  }, 60_000);
  afterAll(() => server.dispose());

  const openstack = (...args: string[]) => succeed('/usr/bin/python3', ['/usr/bin/openstack', '--os-cloud', 'here', 'image', ...args], {
    env: { HOME: server.stateDir, PATH: '/usr/bin:/bin' }, cwd: server.stateDir,
  });

  it('creates, lists, shows, saves, sets and deletes an image by name', async () => {
    const created = JSON.parse(await openstack('create', 'grub', '--disk-format', 'iso', '--container-format', 'bare', '--property', 'os_distro=none', '--tag', 'rescue', '--file', GRUB_ISO, '-f', 'json')) as { id: string; name: string };
    expect(created.name).toBe('grub');
    expect(JSON.parse(await openstack('list', '-f', 'json'))).toEqual([{ ID: created.id, Name: 'grub', Status: 'active' }]);
    const shown = JSON.parse(await openstack('show', 'grub', '-f', 'json')) as { status: string; tags: string[] };
    expect(shown).toMatchObject({ status: 'active', tags: ['rescue'] });
    const saved = join(server.stateDir, 'saved.iso');
    await openstack('save', '--file', saved, 'grub');
    expect((await readFile(saved)).equals(await readFile(GRUB_ISO))).toBe(true);
    await openstack('set', '--property', 'os_version=1', '--min-ram', '64', 'grub');
    expect(JSON.parse(await openstack('show', created.id, '-f', 'json'))).toMatchObject({ min_ram: 64, properties: { os_version: '1' } });
    await openstack('delete', 'grub');
    expect(JSON.parse(await openstack('list', '-f', 'json'))).toEqual([]);
  }, 180_000);
});
