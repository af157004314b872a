import type { ImageClient } from './image-client.js';
import type { Origin } from './origin.js';

export type Visibility = 'public' | 'community' | 'shared' | 'private';
export const VISIBILITIES: readonly Visibility[] = ['shared', 'private', 'public', 'community'];

/** What became of each thing that was tried with an image. */
export interface Tried {
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

/** Where it is tried: images are of `owner`; `member` has accepted those that were shared with it. */
export interface Site {
  readonly admin: ImageClient;
  readonly origin: Origin;
  readonly owner: string;
  readonly member: string;
}

/** A store for files and web places on loopback, with what shows them. */
export const confWithPlaces = (origin: Origin): string => [
  'enabled_backends = here:file,web:http', 'show_multiple_locations = True', '[here]', 'filesystem_store_datadir = images', '[glance_store]', 'default_backend = here',
  '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(origin.url).port}`, '',
].join('\n');

async function image({ admin, origin, owner, member }: Site, visibility: Visibility, data = true): Promise<string> {
  const { id } = await admin.create({ owner, name: 'mine' });
  if (data) {
    await admin.put(id, 'data');
    await admin.patch(id, [{ op: 'add', path: '/locations/-', value: { url: `${origin.url}/a`, metadata: {} } }]);
  }
  await admin.status('POST', `/v2/images/${id}/members`, { member });
  await admin.status('PUT', `/v2/images/${id}/members/${member}`, { status: 'accepted' });
  await admin.patch(id, [{ op: 'replace', path: '/visibility', value: visibility }]);
  return `/v2/images/${id}`;
}

async function untag(admin: ImageClient, client: ImageClient, path: string): Promise<number> {
  await admin.status('PUT', `${path}/tags/t`);
  return client.status('DELETE', `${path}/tags/t`);
}

/** Tries everything on new images of this visibility. */
export async function tryAll(site: Site, client: ImageClient, visibility: Visibility): Promise<Tried> {
  const { admin, origin, member } = site;
  const [path, other, waiting, placeless] = await Promise.all([image(site, visibility), image(site, visibility), image(site, visibility, false), image(site, visibility, false)]);
  const id = path.slice(-36);
  const patch = async (step: object) => (await client.patch(id, [step])).status;
  const listed = await client.request('/v2/images?limit=1000');
  const list = listed.status === 200 && (await listed.text()).includes(id);
  const seen = { list, show: await client.status('GET', path), download: await client.status('GET', `${path}/file`) };
  const members = {
    invite: await client.status('POST', `${path}/members`, { member: 'yellow' }), decide: await client.status('PUT', `${path}/members/${member}`, { status: 'rejected' }),
    expel: await client.status('DELETE', `${path}/members/${member}`),
  };
  const addPlace = await client.status('POST', `${placeless}/locations`, { url: `${origin.url}/a` });
  const places = await client.status('GET', `${path}/locations`);
  const removePlace = (await client.patch(other.slice(-36), [{ op: 'remove', path: '/locations/0' }])).status;
  const changed = [
    await patch({ op: 'replace', path: '/name', value: 'yours' }), await client.status('PUT', `${path}/tags/t`), await untag(admin, client, path),
    (await client.put(waiting.slice(-36), 'data')).status, await client.status('POST', `${path}/actions/deactivate`), await client.status('POST', `${path}/actions/reactivate`),
  ];
  const removeFromStore = await client.status('DELETE', `/v2/stores/here/${id}`);
  const publish = await patch({ op: 'replace', path: '/visibility', value: visibility === 'public' ? 'private' : 'public' });
  changed.push(await client.status('DELETE', path));
  return { ...seen, ...members, places, addPlace, removePlace, removeFromStore, publish, change: new Set(changed).size === 1 ? (changed[0] ?? 0) : changed };
}

export const everything = (status: number, more: Partial<Tried> = {}): Tried => ({
  list: false, show: status, download: status, change: status, publish: status, invite: status, expel: status, decide: status, places: status, addPlace: status, removePlace: status, removeFromStore: status, ...more,
});
const CHANGED = [200, 204, 204, 204, 204, 204, 204];

/** The rows of images-v2 §5 that tables are made of. */
export const HIDDEN = everything(404);
export const ALL = everything(200, { list: true, change: CHANGED, expel: 204, addPlace: 202, removeFromStore: 204 });
export const OWN = { ...ALL, publish: 403, decide: 403, places: 403, removePlace: 403, removeFromStore: 403 };
export const LOOK = everything(403, { list: true, show: 200 });
export const USE = everything(403, { list: true, show: 200, download: 200 });
