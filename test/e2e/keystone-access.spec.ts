import { ALL, confWithPlaces, HIDDEN, LOOK, OWN, tryAll, USE, VISIBILITIES, type Tried, type Visibility } from '../support/access-attempts.js';
import { ImageClient } from '../support/image-client.js';
import { projectId } from '../support/keystone-cloud.js';
import { Keystone } from '../support/keystone.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';

const SLOW = 60_000;

/** Images are of red; blue is a member of those that are shared and has accepted. The columns of images-v2 §5. */
const CALLERS = {
  'owner-project member': 'red-member', 'owner-project reader': 'red-reader', 'owner-project nobody': 'red-idle', 'image member project': 'blue-member', 'image member project\'s reader': 'blue-reader',
  'other project': 'green-member', 'other project\'s reader': 'green-reader', 'admin': 'green-admin', 'service role': 'green-service',
};
type Caller = keyof typeof CALLERS;
type Row = Readonly<Record<Visibility, Tried>>;

const unshared = { invite: 403, expel: 403, decide: 403 };
/** Nobody who does not own an image is told of members that it does not have. */
const strangers = { ...unshared, decide: 404 };
const row = (shared: Tried, priv: Tried, pub: Tried, community: Tried): Row => ({ shared, private: priv, public: pub, community });
const everywhere = (tried: Tried): Row => row(tried, tried, tried, tried);
const own = (tried: Tried): Row => row(tried, { ...tried, ...unshared }, { ...tried, ...unshared, publish: tried.change === 403 ? 403 : 200 }, { ...tried, ...unshared });

const SECURE: Readonly<Record<Caller, Row>> = {
  'owner-project member': own(OWN),
  'owner-project reader': everywhere(LOOK),
  'owner-project nobody': everywhere(HIDDEN),
  'image member project': row({ ...USE, decide: 200 }, HIDDEN, { ...USE, ...strangers }, { ...USE, ...strangers, list: false }),
  'image member project\'s reader': row(LOOK, HIDDEN, { ...LOOK, ...strangers }, { ...LOOK, ...strangers, list: false }),
  'other project': row(HIDDEN, HIDDEN, { ...USE, ...strangers }, { ...USE, ...strangers, list: false }),
  'other project\'s reader': row(HIDDEN, HIDDEN, { ...LOOK, ...strangers }, { ...LOOK, ...strangers, list: false }),
  'admin': row(ALL, { ...ALL, ...unshared }, { ...ALL, ...unshared }, { ...ALL, ...unshared, list: false }),
  'service role': row(
    { ...HIDDEN, addPlace: 202 }, { ...HIDDEN, addPlace: 202 }, { ...HIDDEN, addPlace: 202, places: 200 }, { ...HIDDEN, addPlace: 202, places: 200 },
  ),
};

/** Before secure RBAC a role means nothing; owners and admins change, and whoever sees reads. */
const OWNED = { ...OWN, removePlace: 200, removeFromStore: 204 };
const REALLY_OWNED = { ...OWNED, addPlace: 403 };
const LEGACY: Readonly<Record<Caller, Row>> = {
  'owner-project member': own(OWNED),
  'owner-project reader': own(REALLY_OWNED),
  'owner-project nobody': own(REALLY_OWNED),
  'image member project': row({ ...USE, decide: 200 }, HIDDEN, { ...USE, ...strangers }, { ...USE, ...strangers, list: false }),
  'image member project\'s reader': row({ ...USE, decide: 200 }, HIDDEN, { ...USE, ...strangers }, { ...USE, ...strangers, list: false }),
  'other project': row(HIDDEN, HIDDEN, { ...USE, ...strangers }, { ...USE, ...strangers, list: false }),
  'other project\'s reader': row(HIDDEN, HIDDEN, { ...USE, ...strangers }, { ...USE, ...strangers, list: false }),
  'admin': SECURE.admin,
  'service role': row(
    { ...HIDDEN, addPlace: 202 }, { ...HIDDEN, addPlace: 202 }, { ...USE, ...strangers, addPlace: 202, places: 200 }, { ...USE, ...strangers, list: false, addPlace: 202, places: 200 },
  ),
};

const cells = (table: Readonly<Record<Caller, Row>>) =>
  (Object.keys(CALLERS) as Caller[]).flatMap((caller) => VISIBILITIES.map((visibility) => [caller, visibility, table[caller][visibility]] as const));

describe('With tokens of a real Keystone', () => {
  let keystone: Keystone;
  let origin: Origin;
  beforeAll(async () => {
    keystone = await Keystone.start();
    origin = await Origin.start();
    origin.files.set('/a', Buffer.from('data'));
  }, SLOW);
  afterAll(async () => {
    await origin.close();
    await keystone.stop();
  }, SLOW);

  describe.each([['secure RBAC', true, SECURE], ['the rules from before', false, LEGACY]] as const)('under %s', (_name, secure, table) => {
    let server: Server;
    let admin: ImageClient;
    const clients = new Map<string, ImageClient>();
    const clientOf = async (user: string): Promise<ImageClient> => {
      const client = clients.get(user) ?? admin.as(await keystone.token({ user, project: user.split('-')[0] ?? '' }));
      clients.set(user, client);
      return client;
    };

    beforeAll(async () => {
      server = await Server.start({ memory: true, conf: `${confWithPlaces(origin)}${keystone.conf()}[oslo_policy]\nenforce_new_defaults = ${secure}\n` });
      admin = new ImageClient(server, await keystone.token({ user: 'green-admin', project: 'green' }));
    }, SLOW);
    afterAll(() => server.dispose(), SLOW);

    it.each(cells(table))('%s of a %s image: each action as the table says', async (caller, visibility, expected) => {
      const site = { admin, origin, owner: projectId(keystone, 'red'), member: projectId(keystone, 'blue') };
      expect(await tryAll(site, await clientOf(CALLERS[caller]), visibility)).toEqual(expected);
    }, SLOW);

    it('a project creates for itself, an admin for anybody; public images are made by admins', async () => {
      const red = projectId(keystone, 'red');
      const create = async (user: string, image: object) => (await clientOf(user)).status('POST', '/v2/images', image, { 'content-type': 'application/json' });
      const outcomes = {
        member: await create('red-member', {}), reader: await create('red-reader', {}), nobody: await create('red-idle', {}), service: await create('green-service', {}),
        'for others': await create('blue-member', { owner: red }), public: await create('red-member', { visibility: 'public' }), community: await create('red-member', { visibility: 'community' }),
        'admin, public, for others': await create('green-admin', { owner: red, visibility: 'public' }),
      };
      const plain = secure ? 403 : 201;
      expect(outcomes).toEqual({ member: 201, reader: plain, nobody: plain, service: plain, 'for others': 403, public: 403, community: 201, 'admin, public, for others': 201 });
    }, SLOW);

    it('seed 19: an admin adds and removes members of any project\'s shared image, and answers for them', async () => {
      const { id } = await (await clientOf('red-member')).create();
      const path = `/v2/images/${id}/members`;
      const member = projectId(keystone, 'blue');
      const json = { 'content-type': 'application/json' };
      const statuses = [await admin.status('POST', path, { member }, json), await admin.status('PUT', `${path}/${member}`, { status: 'accepted' }, json), await admin.status('DELETE', `${path}/${member}`)];
      expect(statuses).toEqual([200, 200, 204]);
    }, SLOW);

    it('seed 44: a service is told where data is and how stores are, which others are not', async () => {
      const { id } = await admin.create({ visibility: 'public' });
      await admin.put(id, 'data');
      const told = async (user: string) => {
        const client = await clientOf(user);
        return [await client.status('GET', `/v2/images/${id}/locations`), await client.status('GET', '/v2/info/stores/detail')];
      };
      expect(await told('green-service')).toEqual([200, 200]);
      expect(await told('green-admin')).toEqual([200, 200]);
      for (const user of ['green-member', 'red-reader']) expect(await told(user)).toEqual([403, 403]);
    }, SLOW);
  });
});
