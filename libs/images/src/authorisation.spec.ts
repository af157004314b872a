import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { AccessModule, openPolicy, type Principal } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, type CommandContext } from '#event-store';
import { Stores, StoresModule } from '#stores';
import { ImageDataService } from './image-data.service.js';
import { ImageDownloadService } from './image-download.service.js';
import { ImageLocationsService } from './image-locations.service.js';
import type { Visibility } from './image/image.events.js';
import { imageDecider } from './image/image.decider.js';
import { ShareImage } from './image/share-image.js';
import { ImagesModule } from './images.module.js';
import { ImagesService } from './images.service.js';
import { MemoryImageList, memoryImageProjection } from './read-model/image-list.memory.js';

const principal = (user: string, project: string | null, ...roles: string[]): Principal => ({ user, project, roles, admin: roles.includes('admin'), service: null });
const CALLERS = {
  owner: principal('o', 'p1', 'member', 'reader'),
  ownerReader: principal('r', 'p1', 'reader'),
  member: principal('m', 'p2', 'member', 'reader'),
  memberReader: principal('mr', 'p2', 'reader'),
  other: principal('x', 'p3', 'member', 'reader'),
  admin: principal('a', 'p9', 'admin', 'member', 'reader'),
  service: principal('s', 'p8', 'service'),
  roleless: principal('n', 'p1'),
  anonymous: { ...principal('', null), readOnly: true } as Principal,
} as const;
const NO_LIMITS = { properties: -1, tags: -1, locations: -1, members: -1 };

type Caller = keyof typeof CALLERS;

async function start(legacy: boolean, overrides: Readonly<Record<string, string>> = {}): Promise<TestingModule> {
  const images = new MemoryImageList();
  const app = await Test.createTestingModule({
    imports: [
      AccessModule.forRoot(openPolicy({ legacy, overrides })),
      EventStoreModule.forRoot({
        site: 'here', store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), deciders: [imageDecider],
        projections: [memoryImageProjection(images)],
      }),
      StoresModule.forRoot(new Stores([{ id: 'one', type: 'memory' }, { id: 'two', type: 'memory' }], 'one', { several: true })),
      ImagesModule.forRoot({
        site: 'here', quotas: NO_LIMITS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'test',
        locationsSealed: false, encryptLocation: (url) => url, decryptLocation: (url) => url,
      }, images),
    ],
  }).compile();
  return app.init();
}

const as = (caller: Caller): CommandContext => ({ actor: CALLERS[caller], requestId: 'req-1' });

async function* bytes(): AsyncGenerator<Buffer> {
  yield Buffer.from('data');
}

type Action = (app: TestingModule, context: CommandContext, id: string) => Promise<unknown>;

/** What can be tried on an image that is there. */
const ACTIONS = {
  show: (app, context, id) => app.get(ImagesService).show(context, id),
  rename: (app, context, id) => app.get(ImagesService).change(context, id, [{ kind: 'attribute', name: 'name', value: 'other' }]),
  tag: (app, context, id) => app.get(ImagesService).change(context, id, [{ kind: 'tag', op: 'add', tag: 't' }]),
  publish: (app, context, id) => app.get(ImagesService).change(context, id, [{ kind: 'attribute', name: 'visibility', value: 'public' }]),
  give: (app, context, id) => app.get(ImagesService).change(context, id, [{ kind: 'attribute', name: 'owner', value: 'p7' }]),
  download: (app, context, id) => app.get(ImageDownloadService).open(context, id),
  deactivate: (app, context, id) => app.get(ImagesService).setActivation(context, id, 'deactivated'),
  delete: (app, context, id) => app.get(ImagesService).delete(context, id),
  locations: (app, context, id) => app.get(ImageLocationsService).list(context, id),
  unplace: (app, context, id) => app.get(ImagesService).change(context, id, [{ kind: 'location', op: 'remove', at: 0 }]),
} as const satisfies Record<string, Action>;

type Outcome = 'ok' | 'Forbidden' | 'ImageNotFound';
type Row = Readonly<Record<keyof typeof ACTIONS, Outcome>>;

const row = (show: Outcome, download: Outcome, change: Outcome, more: Partial<Row> = {}): Row =>
  ({ show, download, rename: change, tag: change, deactivate: change, delete: change, publish: change, give: change, locations: change, unplace: change, ...more });
const NOTHING = row('ImageNotFound', 'ImageNotFound', 'ImageNotFound');
const LOOK = row('ok', 'Forbidden', 'Forbidden');
const USE = row('ok', 'ok', 'Forbidden');
const OWN = row('ok', 'ok', 'ok', { publish: 'Forbidden', give: 'Forbidden', locations: 'Forbidden', unplace: 'Forbidden' });
const ALL = row('ok', 'ok', 'ok', { unplace: 'Forbidden' });

/** images-v2 §5, with secure RBAC: [visibility, caller, what becomes of each action]. The last place of an image stays, also for admins. */
const SECURE: readonly (readonly [Visibility, Caller, Row])[] = [
  ['shared', 'owner', OWN], ['shared', 'ownerReader', LOOK], ['shared', 'member', USE], ['shared', 'memberReader', LOOK],
  ['shared', 'other', NOTHING], ['shared', 'admin', ALL], ['shared', 'service', NOTHING], ['shared', 'roleless', NOTHING], ['shared', 'anonymous', NOTHING],
  ['private', 'owner', OWN], ['private', 'member', NOTHING], ['private', 'other', NOTHING], ['private', 'admin', ALL],
  ['public', 'other', USE], ['public', 'ownerReader', LOOK], ['public', 'member', USE], ['community', 'other', USE], ['community', 'admin', ALL],
  ['public', 'anonymous', LOOK], ['community', 'anonymous', LOOK], ['private', 'anonymous', NOTHING],
];

const LEGACY: readonly (readonly [Visibility, Caller, Row])[] = [
  ['shared', 'owner', OWN], ['shared', 'ownerReader', OWN], ['shared', 'roleless', OWN], ['shared', 'member', USE], ['shared', 'memberReader', USE],
  ['shared', 'other', NOTHING], ['shared', 'admin', ALL], ['private', 'member', NOTHING], ['public', 'other', USE], ['community', 'other', USE],
  ['public', 'anonymous', USE], ['community', 'anonymous', USE], ['shared', 'anonymous', NOTHING],
];

describe.each([
  ['secure RBAC', false, SECURE], ['the legacy rules', true, LEGACY],
] as const)('Under %s', (_name, legacy, table) => {
  let app: TestingModule;
  beforeAll(async () => (app = await start(legacy)));
  afterAll(() => app.close());

  async function imageOf(visibility: Visibility): Promise<string> {
    const admin = as('admin');
    const { id } = await app.get(ImagesService).create(admin, { owner: 'p1', visibility: 'shared', diskFormat: 'raw', containerFormat: 'bare' });
    await app.get(ImageDataService).upload(admin, id, { source: bytes() });
    await app.get(CommandBus).execute(new ShareImage(admin, id, ['p2'], false, NO_LIMITS));
    if (visibility !== 'shared') await app.get(ImagesService).change(admin, id, [{ kind: 'attribute', name: 'visibility', value: visibility }]);
    return id;
  }

  const outcome = async (action: Promise<unknown>): Promise<string> => action.then(() => 'ok', (error: { code?: string }) => error.code ?? 'something else');

  it.each(table)('an image that is %s gives the %s just what the table says', async (visibility, caller, expected) => {
    const found: Record<string, string> = {};
    for (const [name, action] of Object.entries(ACTIONS)) found[name] = await outcome(action(app, as(caller), await imageOf(visibility)));
    expect(found).toEqual(expected);
  });

  it('images are made by members for their own project, by admins for any; only admins make them public', async () => {
    const create = (caller: Caller, draft: { owner?: string; visibility?: Visibility }) => outcome(app.get(ImagesService).create(as(caller), draft));
    expect(await create('owner', {})).toBe('ok');
    expect(await create('owner', { owner: 'p2' })).toBe('Forbidden');
    expect(await create('owner', { visibility: 'public' })).toBe('Forbidden');
    expect(await create('owner', { visibility: 'community' })).toBe('ok');
    expect(await create('ownerReader', {})).toBe(legacy ? 'ok' : 'Forbidden');
    expect(await create('admin', { owner: 'p1', visibility: 'public' })).toBe('ok');
    expect(await create('anonymous', {})).toBe('Forbidden');
    await expect(app.get(ImagesService).create(as('anonymous'), {})).rejects.toThrow('Read-only access');
  });

  it('an image that nobody owns is seen by everybody, and changed by admins alone', async () => {
    const id = await imageOf('shared');
    await app.get(ImagesService).change(as('admin'), id, [{ kind: 'attribute', name: 'owner', value: null }]);
    for (const caller of ['other', 'ownerReader', 'admin'] as const) expect(await outcome(app.get(ImagesService).show(as(caller), id))).toBe('ok');
    for (const caller of ['other', 'owner'] as const) expect(await outcome(app.get(ImagesService).delete(as(caller), id))).toBe('Forbidden');
    expect(await outcome(app.get(ImagesService).delete(as('admin'), id))).toBe('ok');
  });

  it('who does not own an image that he sees is told so by the rules from before', async () => {
    const foreign = app.get(ImagesService).delete(as('other'), await imageOf('public'));
    await expect(foreign).rejects.toThrow(legacy ? 'You do not own this image' : 'You are not authorized');
  });

  it('a deactivated image keeps its data and places from all but admins', async () => {
    const id = await imageOf('public');
    await app.get(ImagesService).setActivation(as('admin'), id, 'deactivated');
    expect(await outcome(app.get(ImageDownloadService).open(as('owner'), id))).toBe('Forbidden');
    expect(await outcome(app.get(ImageDownloadService).open(as('admin'), id))).toBe('ok');
    expect((await app.get(ImagesService).show(as('owner'), id)).locations).toEqual([]);
    expect((await app.get(ImagesService).show(as('admin'), id)).locations).toHaveLength(1);
    expect(await outcome(app.get(ImagesService).delete(as('owner'), id))).toBe('ok');
  });

  it('CVE-2012-4573, CVE-2012-5482: a foreign delete is refused before a byte is touched', async () => {
    const id = await imageOf('public');
    expect(await outcome(app.get(ImagesService).delete(as('other'), id))).toBe('Forbidden');
    expect(await outcome(app.get(ImageLocationsService).removeFromStore(as('other'), 'one', id))).toBe('Forbidden');
    const data = await app.get(ImageDownloadService).open(as('owner'), id);
    const chunks: Buffer[] = [];
    for await (const chunk of (await data.read()).bytes) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks).toString()).toBe('data');
  });

  it('a service adds a place to anybody\'s queued image and is told where data is, others only name web places', async () => {
    const { id } = await app.get(ImagesService).create(as('owner'), { visibility: 'community', diskFormat: 'raw', containerFormat: 'bare' });
    const add = (caller: Caller, url: string) => outcome(app.get(ImageLocationsService).add(as(caller), id, { url, metadata: {} }));
    expect(await add('other', 'http://example.org/')).toBe('Forbidden');
    expect(await add('ownerReader', 'http://example.org/')).toBe('Forbidden');
    expect(await add('owner', 'memory://x')).toBe('Forbidden');
    expect(await add('admin', 'memory://x')).toBe('InvalidLocation');
    expect(await add('service', 'memory://x')).toBe('InvalidLocation');
  });
});

it('a caller without any role lists nothing under secure RBAC', async () => {
  const app = await start(false);
  const list = (caller: Caller) => app.get(ImagesService).list(as(caller), { filters: {}, sort: [{ key: 'id', direction: 'asc' }], limit: 10 });
  await expect(list('roleless')).rejects.toMatchObject({ code: 'Forbidden' });
  await expect(list('ownerReader')).resolves.toEqual({ images: [] });
  await expect(list('anonymous')).resolves.toEqual({ images: [] });
  await app.close();
});

it('a list ends, empty, where a policy hides every image of a full page', async () => {
  const app = await start(false, { get_image: 'role:admin' });
  for (const name of ['a', 'b']) await app.get(ImagesService).create(as('owner'), { name });
  const list = (caller: Caller) => app.get(ImagesService).list(as(caller), { filters: {}, sort: [{ key: 'id', direction: 'asc' }], limit: 1 });
  expect(await list('owner')).toEqual({ images: [] });
  expect(await list('admin')).toMatchObject({ images: [{}], next: expect.any(String) as string });
  await app.close();
});
