import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECTS, projectId, publish, ROLES } from '../support/keystone-cloud.js';
import { Keystone, PASSWORD } from '../support/keystone.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { PythonClients } from '../support/python-clients.js';
import { run, type Run } from '../support/run.js';
import { Server } from '../support/server.js';
import { expectInOrder, fieldsOf, words, type Step } from '../support/story.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const SLOW = 60_000;
const TOOL = '0e000000-0000-4000-8000-000000000001';
const GIFT = '0e000000-0000-4000-8000-000000000002';
const BLUE = '<blue>';
const RED = '<red>';

/** A command of `openstack image`, or with `glance` in front one of the other client; who types it: `<project>-<role>`. */
interface KeystoneStep extends Omit<Step, 'as'> {
  readonly as: `${(typeof PROJECTS)[number]}-${(typeof ROLES)[number]}`;
}

const refused = (title: string, as: KeystoneStep['as'], run: string, ...says: string[]): KeystoneStep => ({ title, as, run, code: 1, says: says.length > 0 ? says : ['403'] });

/** What members, readers, admins, services and people without a role of meaning may do in three projects. */
const STEPS: readonly KeystoneStep[] = [
  { title: 'a member lists nothing at first', as: 'red-member', run: 'list -f json', says: ['[]'] },
  { title: 'a member creates an image with data', as: 'red-member', run: `create tool --id ${TOOL} --disk-format raw --shared --property os_distro=none --tag rescue`, input: 'hello', fields: { owner: RED, visibility: 'shared' } },
  { title: 'its data is there', as: 'red-member', run: 'show tool', fields: { size: '5', status: 'active' } },
  { title: 'a reader of the project lists it', as: 'red-reader', run: 'list', says: ['tool'] },
  { title: 'a reader of the project shows it', as: 'red-reader', run: 'show tool', fields: { id: TOOL, owner: RED } },
  refused('a reader may not read its data', 'red-reader', 'save tool'),
  refused('a reader may not create', 'red-reader', 'create mine --disk-format raw'),
  refused('a reader may not change it', 'red-reader', 'set tool --name mine'),
  refused('a reader may not set a property', 'red-reader', 'set tool --property a=b'),
  refused('a reader may not tag it', 'red-reader', `glance image-tag-update ${TOOL} mine`),
  refused('a reader may not deactivate it', 'red-reader', `glance image-deactivate ${TOOL}`),
  refused('a reader may not share it', 'red-reader', `glance member-create ${TOOL} ${BLUE}`),
  refused('a reader may not delete it', 'red-reader', 'delete tool', 'Failed to delete 1 of 1 images'),
  refused('somebody without a role of meaning lists nothing', 'red-idle', 'list'),
  refused('somebody without a role of meaning finds nothing', 'red-idle', `glance image-show ${TOOL}`, TOOL),
  refused('somebody without a role of meaning creates nothing', 'red-idle', 'create mine --disk-format raw'),
  refused('a service is no reader', 'red-service', 'list'),
  refused('a service creates nothing', 'red-service', 'create mine --disk-format raw'),
  { title: 'another project does not list it', as: 'blue-member', run: 'list', hides: ['tool'] },
  refused('another project does not find it', 'blue-member', `show ${TOOL}`, TOOL),
  refused('another project has nothing to read', 'blue-member', `glance image-download ${TOOL}`, '404'),
  refused('another project has nothing to delete', 'blue-member', `delete ${TOOL}`, TOOL),
  { title: 'an owner asks another project', as: 'red-member', run: `add project tool ${BLUE}`, fields: { image_id: TOOL, member_id: BLUE, status: 'pending' } },
  refused('a project is asked once', 'red-member', `glance member-create ${TOOL} ${BLUE}`, '409'),
  refused('an owner may not answer for it', 'red-member', `glance member-update ${TOOL} ${BLUE} accepted`),
  { title: 'a project lists what it is asked about', as: 'blue-reader', run: 'list --shared --member-status pending', says: ['tool'] },
  { title: 'a project does not list what it has not accepted', as: 'blue-member', run: 'list', hides: ['tool'] },
  refused('a reader may not accept', 'blue-reader', `glance member-update ${TOOL} ${BLUE} accepted`),
  { title: 'a member accepts', as: 'blue-member', run: `set ${TOOL} --accept` },
  { title: 'a project lists what it accepted', as: 'blue-reader', run: 'list', says: ['tool'] },
  { title: 'a project reads what it accepted', as: 'blue-member', run: 'save tool', says: ['hello'] },
  refused('a reader of it may not read its data', 'blue-reader', 'save tool'),
  refused('a project may not change what it accepted', 'blue-member', 'set tool --name ours'),
  refused('a project may not share it on', 'blue-member', `glance member-create ${TOOL} somebody`),
  refused('a third project still finds nothing', 'green-member', `show ${TOOL}`, TOOL),
  { title: 'an admin of any project sees whom it is shared with', as: 'green-admin', run: `glance member-list --image-id ${TOOL}`, says: ['accepted'] },
  { title: 'an admin answers for a project', as: 'green-admin', run: `glance member-update ${TOOL} ${BLUE} rejected`, says: ['rejected'] },
  { title: 'what was rejected is not listed', as: 'blue-member', run: 'list', hides: ['tool'] },
  { title: 'an owner takes an image back', as: 'red-member', run: `remove project tool ${BLUE}` },
  refused('who is no member does not find it', 'blue-member', `show ${TOOL}`, TOOL),
  { title: 'a member sets what the image is', as: 'red-member', run: 'set tool --min-ram 64 --property os_version=2 --tag blue --protected' },
  { title: 'what was set is there', as: 'red-reader', run: 'show tool', fields: { min_ram: '64', protected: 'True' }, says: ["os_version='2'", 'blue', 'rescue'] },
  refused('a protected image stays, for its owner', 'red-member', 'delete tool', 'Failed to delete 1 of 1 images'),
  refused('a protected image stays, for an admin', 'green-admin', `delete ${TOOL}`, 'Failed to delete 1 of 1 images'),
  { title: 'a member takes back what was set', as: 'red-member', run: 'unset tool --property os_version --tag blue' },
  { title: 'a member lets it go', as: 'red-member', run: 'set tool --unprotected' },
  refused('a member may not publish', 'red-member', 'set tool --public'),
  refused('a member may not create for another project', 'red-member', `glance image-create --name gift --owner ${BLUE}`),
  refused('a member may not give an image away', 'red-member', `glance image-update ${TOOL} --owner ${BLUE}`),
  { title: 'a member gives it to the community', as: 'red-member', run: 'set tool --community' },
  { title: 'the community does not list it unasked', as: 'blue-member', run: 'list', hides: ['tool'] },
  { title: 'the community lists it when it asks', as: 'blue-reader', run: 'list --community', says: ['tool'] },
  { title: 'the community reads it', as: 'green-member', run: `glance image-download ${TOOL}`, says: ['hello'] },
  { title: 'an admin publishes it', as: 'green-admin', run: `set ${TOOL} --public` },
  { title: 'everybody lists what is public', as: 'green-reader', run: 'list --public', says: ['tool'] },
  refused('others do not change what is public', 'green-member', 'set tool --name ours'),
  { title: 'an owner deactivates', as: 'red-member', run: 'set tool --deactivate' },
  refused('what is deactivated is not read', 'blue-member', 'save tool'),
  { title: 'what is deactivated is read by an admin', as: 'green-admin', run: 'save tool', says: ['hello'] },
  refused('others may not reactivate', 'blue-member', `glance image-reactivate ${TOOL}`),
  { title: 'an owner reactivates', as: 'red-member', run: 'set tool --activate' },
  refused('a member is not told where data is', 'red-member', `glance stores-info --detail`, ''),
  { title: 'an admin creates for another project', as: 'green-admin', run: `create gift --id ${GIFT} --project ${BLUE} --disk-format raw --private`, input: 'gift', fields: { owner: BLUE, visibility: 'private' } },
  { title: 'its owner finds it', as: 'blue-member', run: 'save gift', says: ['gift'] },
  refused('others do not', 'red-member', `show ${GIFT}`, GIFT),
  { title: 'an admin lists every project\'s', as: 'green-admin', run: 'list', says: ['gift', 'tool'] },
  { title: 'an admin finds images by their owner', as: 'green-admin', run: `list --project ${BLUE}`, says: ['gift'], hides: ['tool'] },
  { title: 'what a project uses is told where nothing is limited', as: 'red-member', run: 'glance usage' },
  { title: 'an owner deletes', as: 'blue-member', run: 'delete gift' },
  { title: 'an admin deletes what another project owns', as: 'green-admin', run: `delete ${TOOL}` },
  { title: 'nothing is left', as: 'green-admin', run: 'list -f json', says: ['[]'] },
];

describe('The clients and a real Keystone: three projects, five roles', () => {
  let keystone: Keystone;
  let database: TestDatabase;
  let server: Server;
  let clients: PythonClients;

  beforeAll(async () => {
    [keystone, database] = await Promise.all([Keystone.start(), testDatabase()]);
    server = await Server.start({ conf: `image_cache_dir = cache\n${keystone.conf().replace('flavor = keystone', 'flavor = keystone+cachemanagement')}[database]\nconnection = ${database.url}\n` });
    await publish(keystone, 'image', server.url);
    const clouds = PROJECTS.flatMap((project) => ROLES.map((role) => [
      `  ${project}-${role}: { region_name: here, image_api_version: '2', auth: { auth_url: '${keystone.url}', username: ${project}-${role}, password: '${PASSWORD}',`,
      ` project_name: ${project}, user_domain_id: default, project_domain_id: default } }`,
    ].join('')));
    await writeFile(join(server.stateDir, 'clouds.yaml'), ['clouds:', ...clouds, ''].join('\n'));
    clients = PythonClients.start(server.stateDir);
  }, 2 * SLOW);
  afterAll(async () => {
    await clients.stop();
    await server.dispose();
    await database.drop();
    await keystone.stop();
  }, SLOW);

  const meant = (text: string) => text.replaceAll(RED, projectId(keystone, 'red')).replaceAll(BLUE, projectId(keystone, 'blue'));

  it.each(STEPS)('$as: $title', async ({ as, run, input, code = 0, fields = {}, says = [], hides = [] }) => {
    const [first = '', ...rest] = words(meant(run));
    const [project = ''] = as.split('-');
    const login = ['--os-auth-url', keystone.url, '--os-username', as, '--os-password', PASSWORD, '--os-project-name', project, '--os-user-domain-id', 'default', '--os-project-domain-id', 'default', '--os-region-name', 'here'];
    const { code: ended, stdout, stderr } = first === 'glance'
      ? await clients.run('glance', [...login, ...rest], input)
      : await clients.run('openstack', ['--os-cloud', as, 'image', first, ...rest], input);
    const said = `${stdout}\n${stderr}`;
    expect({ code: ended, said }).toEqual({ code, said });
    expect(fieldsOf(said)).toMatchObject(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, meant(value)])));
    expectInOrder(said, says.map(meant));
    for (const part of hides) expect(said).not.toContain(part);
  }, SLOW);

  it.each<[string, string, Pick<Run, 'code' | 'stdout'>]>([
    ['green-admin', PASSWORD, { code: 0, stdout: 'No cached images.\n' }],
    ['green-member', PASSWORD, { code: 1, stdout: 'Not authorized to make this request.\n' }],
    ['green-admin', 'wrong', { code: 1, stdout: expect.stringMatching(/^Failed to show cached images\. Got error:\nNo token could be had from Keystone at .*: it answered 401/) as string }],
  ])('glance-cache-manage logs in as %s with %s', async (user, password, expected) => {
    const env = { OS_AUTH_URL: keystone.url, OS_USERNAME: user, OS_PASSWORD: password, OS_PROJECT_NAME: 'green' };
    expect(await run('node', [MAIN, 'glance-cache-manage', '-H', '127.0.0.1', '-p', new URL(server.url).port, 'list-cached'], { env })).toMatchObject(expected);
  }, SLOW);
});
