import { ALL, confWithPlaces, HIDDEN, LOOK, OWN, tryAll, USE, type Tried, type Visibility } from '../support/access-attempts.js';
import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';

/** Images are of red; blue is a member of those that are shared and has accepted. */
const CALLERS = {
  owner: 'o:red:member,reader', 'owner\'s reader': 'r:red:reader', member: 'm:blue:member,reader', 'member\'s reader': 'n:blue:reader', stranger: 's:green:member,reader',
  admin: 'a:ops:admin,member,reader', service: 'c:services:service',
};
type Caller = keyof typeof CALLERS;

/** Community images of others stand in no list that does not ask for them; of what is not shared there are no members. */
const SECURE: readonly (readonly [Caller, Visibility, Tried])[] = [
  ['owner', 'shared', OWN], ['owner\'s reader', 'shared', LOOK], ['member', 'shared', { ...USE, decide: 200 }], ['member\'s reader', 'shared', LOOK],
  ['stranger', 'shared', HIDDEN], ['stranger', 'private', HIDDEN], ['member', 'private', HIDDEN], ['stranger', 'public', { ...USE, decide: 404 }], ['stranger', 'community', { ...USE, list: false, decide: 404 }],
  ['admin', 'shared', ALL], ['service', 'shared', { ...HIDDEN, addPlace: 202 }], ['service', 'public', { ...HIDDEN, places: 200, addPlace: 202 }],
];
const LEGACY: readonly (readonly [Caller, Visibility, Tried])[] = [
  ['owner', 'shared', { ...OWN, removePlace: 200, removeFromStore: 204 }], ['owner\'s reader', 'shared', { ...OWN, addPlace: 403, removePlace: 200, removeFromStore: 204 }],
  ['member', 'shared', { ...USE, decide: 200 }], ['member\'s reader', 'shared', { ...USE, decide: 200 }], ['stranger', 'shared', HIDDEN], ['stranger', 'public', { ...USE, decide: 404 }],
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
    const conf = `${confWithPlaces(origin)}[paste_deploy]\nflavor = fakeauth\n[oslo_policy]\nenforce_new_defaults = ${rules === 'secure RBAC'}\n`;
    server = await Server.start({ memory, conf });
    admin = new ImageClient(server, CALLERS.admin);
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await origin.close();
  }, 60_000);

  it.each(table)('the %s gets of a %s image just what the table says', async (who, visibility, expected) => {
    expect(await tryAll({ admin, origin, owner: 'red', member: 'blue' }, admin.as(CALLERS[who]), visibility)).toEqual(expected);
  });
});
