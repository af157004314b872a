import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';

/** Images are of red; blue is a member of those that are shared and has accepted. */
const CALLERS = {
  owner: 'o:red:member,reader', 'owner\'s reader': 'r:red:reader', member: 'm:blue:member,reader', 'member\'s reader': 'n:blue:reader', stranger: 's:green:member,reader',
  admin: 'a:ops:admin,member,reader', service: 'c:services:service',
};
type Caller = keyof typeof CALLERS;
type Visibility = 'public' | 'community' | 'shared' | 'private';

interface Tried {
  list: boolean;
  show: number;
  download: number;
  /** One status where all of them have it: PATCH, PUT and DELETE of a tag, upload, deactivate, reactivate, delete. */
  change: number | number[];
  publish: number;
  invite: number;
  expel: number;
  decide: number;
  places: number;
  addPlace: number;
  removePlace: number;
  removeFromStore: number;
}

const everything = (status: number, more: Partial<Tried> = {}): Tried => ({
  list: false, show: status, download: status, change: status, publish: status, invite: status, expel: status, decide: status, places: status, addPlace: status, removePlace: status, removeFromStore: status, ...more,
});
const CHANGED = [200, 204, 204, 204, 204, 204, 204];
const HIDDEN = everything(404);
const ALL = everything(200, { list: true, change: CHANGED, expel: 204, addPlace: 202, removeFromStore: 204 });
const OWN = { ...ALL, publish: 403, decide: 403, places: 403, removePlace: 403, removeFromStore: 403 };
const LOOK = everything(403, { list: true, show: 200 });
const USE = everything(403, { list: true, show: 200, download: 200 });

/** Community images of others stand in no list that does not ask for them; of what is not shared there are no members. */
const SECURE: readonly (readonly [Caller, Visibility, Tried])[] = [
  ['owner', 'shared', OWN], ['owner\'s reader', 'shared', LOOK], ['member', 'shared', { ...USE, decide: 200 }], ['member\'s reader', 'shared', LOOK],
  ['stranger', 'shared', HIDDEN], ['stranger', 'private', HIDDEN], ['member', 'private', HIDDEN], ['stranger', 'public', USE], ['stranger', 'community', { ...USE, list: false }],
  ['admin', 'shared', ALL], ['service', 'shared', { ...HIDDEN, addPlace: 202 }], ['service', 'public', { ...HIDDEN, places: 200, addPlace: 202 }],
];
const LEGACY: readonly (readonly [Caller, Visibility, Tried])[] = [
  ['owner', 'shared', { ...OWN, removePlace: 200, removeFromStore: 204 }], ['owner\'s reader', 'shared', { ...OWN, addPlace: 403, removePlace: 200, removeFromStore: 204 }],
  ['member', 'shared', { ...USE, decide: 200 }], ['member\'s reader', 'shared', { ...USE, decide: 200 }], ['stranger', 'shared', HIDDEN], ['stranger', 'public', USE],
];

describe.each([
  ['secure RBAC', false, SECURE], ['secure RBAC', true, SECURE], ['the rules from before', false, LEGACY], ['the rules from before', true, LEGACY],
] as const)('Over HTTP under %s (memory drivers: %s)', (rules, memory, table) => {
  let origin: Origin;
  let server: Server;
  let admin: ImageClient;
  beforeAll(async () => {
    origin = await Origin.start();
    origin.files.set('/a', Buffer.from('data'));
    const conf = [
      'enabled_backends = here:file,web:http', 'show_multiple_locations = True', '[here]', 'filesystem_store_datadir = images', '[glance_store]', 'default_backend = here',
      '[paste_deploy]', 'flavor = fakeauth', '[oslo_policy]', `enforce_new_defaults = ${rules === 'secure RBAC'}`,
      '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(origin.url).port}`,
    ];
    server = await Server.start({ memory, conf: `${conf.join('\n')}\n` });
    admin = new ImageClient(server, CALLERS.admin);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await origin.close();
  }, 60_000);

  const image = async (visibility: Visibility, data = true) => {
    const { id } = await admin.create({ owner: 'red', name: 'mine' });
    if (data) {
      await admin.put(id, 'data');
      await admin.patch(id, [{ op: 'add', path: '/locations/-', value: { url: `${origin.url}/a`, metadata: {} } }]);
    }
    await admin.status('POST', `/v2/images/${id}/members`, { member: 'blue' });
    await admin.status('PUT', `/v2/images/${id}/members/blue`, { status: 'accepted' });
    await admin.patch(id, [{ op: 'replace', path: '/visibility', value: visibility }]);
    return `/v2/images/${id}`;
  };

  const untag = async (client: ImageClient, path: string) => {
    await admin.status('PUT', `${path}/tags/t`);
    return client.status('DELETE', `${path}/tags/t`);
  };

  const tried = async (who: Caller, visibility: Visibility): Promise<Tried> => {
    const client = admin.as(CALLERS[who]);
    const [path, other, waiting, placeless] = await Promise.all([image(visibility), image(visibility), image(visibility, false), image(visibility, false)]);
    const id = path.slice(-36);
    const patch = async (step: object) => (await client.patch(id, [step])).status;
    const listed = await client.request('/v2/images?limit=1000');
    const list = listed.status === 200 && (await listed.text()).includes(id);
    const seen = { list, show: await client.status('GET', path), download: await client.status('GET', `${path}/file`) };
    const members = {
      invite: await client.status('POST', `${path}/members`, { member: 'yellow' }), decide: await client.status('PUT', `${path}/members/blue`, { status: 'rejected' }),
      expel: await client.status('DELETE', `${path}/members/blue`),
    };
    const addPlace = await client.status('POST', `${placeless}/locations`, { url: `${origin.url}/a` });
    const places = await client.status('GET', `${path}/locations`);
    const removePlace = (await client.patch(other.slice(-36), [{ op: 'remove', path: '/locations/0' }])).status;
    const changed = [
      await patch({ op: 'replace', path: '/name', value: 'yours' }), await client.status('PUT', `${path}/tags/t`), await untag(client, path),
      (await client.put(waiting.slice(-36), 'data')).status, await client.status('POST', `${path}/actions/deactivate`), await client.status('POST', `${path}/actions/reactivate`),
    ];
    const removeFromStore = await client.status('DELETE', `/v2/stores/here/${id}`);
    const publish = await patch({ op: 'replace', path: '/visibility', value: 'public' });
    changed.push(await client.status('DELETE', path));
    return { ...seen, ...members, places, addPlace, removePlace, removeFromStore, publish, change: new Set(changed).size === 1 ? (changed[0] ?? 0) : changed };
  };

  it.each(table)('the %s gets of a %s image just what the table says', async (who, visibility, expected) => {
    expect(await tried(who, visibility)).toEqual(expected);
  });
});
