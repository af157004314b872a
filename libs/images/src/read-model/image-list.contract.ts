import fc from 'fast-check';
import type { StateChange } from '#event-store';
import type { Visibility } from '../image/image.events.js';
import { created, decided, deleted, eventId, fold, history, hlcAt, located, placed, purged, shared, started, stored } from '../image/image.fixture.js';
import { streamOf, type Image } from '../image/image.js';
import type { ImageState } from '../image/image.state.js';
import { MarkerNotFound } from './image-list.errors.js';
import { filterContract } from './image-list.filters.contract.js';
import { memberContract } from './image-list.members.contract.js';
import { scrubContract } from './image-list.scrub.contract.js';
import { statesContract } from './image-list.states.contract.js';
import { ADMIN, changeOf, id, project, queries, queryOf, seeds, short, sortedBy, type Seed, type SortName } from './image-list.fixture.js';
import { SORT_KEYS, type ImageList, type ImageQuery, type Viewer } from './image-list.js';

export interface ImageListDriver {
  readonly list: ImageList;
  /** Writes as the inline projection does. */
  project(change: StateChange<ImageState>): Promise<void>;
  clear(): Promise<void>;
  /** Everything it keeps, in id order. */
  rows(): Promise<readonly object[]>;
  close(): Promise<void>;
}

/** What every driver of the image list does. */
export function imageListContract(name: string, open: () => Promise<ImageListDriver>): void {
  describe(`image list (${name})`, () => {
    let driver: ImageListDriver;
    const given = async (...images: Seed[]) => {
      await Promise.all(images.map((seed) => driver.project(changeOf(seed))));
    };
    const ids = async (query: Partial<ImageQuery> = {}) => (await driver.list.list(queryOf(query))).map(({ id }) => id);

    beforeAll(async () => (driver = await open()));
    beforeEach(() => driver.clear());
    afterAll(() => driver.close());

    describe('find', () => {
      it('gives the whole image, as the fold has it', async () => {
        const seed: Seed = { id: id(1), name: 'ü', status: 'active', size: 2 ** 52, properties: { os: 'debian', __proto_: '' }, tags: ['b', 'a'] };
        await given(seed);
        expect(await driver.list.find(id(1))).toMatchObject({
          id: id(1), name: 'ü', status: 'active', size: 2 ** 52, checksum: 'c0', tags: ['a', 'b'], properties: { os: 'debian', __proto_: '' },
          createdAt: '2026-11-01T10:00:00.000Z', updatedAt: '2026-11-01T10:00:02.000Z', deletedAt: null, openUpload: null,
          locations: [{ id: 'l1', store: 'main', url: 'file:///images/l1', metadata: {} }],
        });
      });

      it('finds by the id in any case and shows the client\'s spelling', async () => {
        const spelled = 'ABCDEF00-0000-4000-8000-00000000000a';
        await given({ id: spelled });
        for (const asked of [spelled, spelled.toLowerCase(), spelled.toUpperCase()]) expect((await driver.list.find(asked))?.id).toBe(spelled);
        expect(await ids({ filters: { id: [spelled.toLowerCase()] } })).toEqual([spelled]);
      });

      it('finds many at once, and is not troubled by what is no id', async () => {
        await given({ id: id(1) }, { id: id(2), status: 'deleted' }, { id: id(3) }, { id: 'ABCDEF00-0000-4000-8000-00000000000a' });
        const found = await driver.list.findAll([id(2), id(1), id(1), id(9), 'x', 'abcdef00-0000-4000-8000-00000000000A']);
        expect(found.map((image) => image.id).toSorted()).toEqual([id(1), id(2), 'ABCDEF00-0000-4000-8000-00000000000a'].toSorted());
        expect(await driver.list.findAll([])).toEqual([]);
      });

      it('walks through every image but the deleted ones, page by page', async () => {
        await given({ id: id(3), status: 'pending_delete' }, { id: id(1), status: 'active' }, { id: id(2), status: 'deleted' }, { id: id(4), status: 'killed' });
        const walked = async (after: string | undefined, limit: number) => (await driver.list.walk(after, limit)).map((image) => short(image.id));
        expect(await walked(undefined, 2)).toEqual([1, 3]);
        expect(await walked(id(3), 2)).toEqual([4]);
        expect(await walked(id(4), 2)).toEqual([]);
      });

      it('finds deleted, pending and killed images, which no list shows', async () => {
        await given({ id: id(1), status: 'deleted' }, { id: id(2), status: 'pending_delete' }, { id: id(3), status: 'killed' });
        expect((await Promise.all([1, 2, 3].map((n) => driver.list.find(id(n))))).map((image) => image?.status)).toEqual(['deleted', 'pending_delete', 'killed']);
        expect(await ids({ visibility: 'all' })).toEqual([]);
      });

      it.each([id(9), 'x', '', `{${id(1)}}`, id(1).replaceAll('-', ''), `${id(1)} `])('finds nothing as %p', async (asked) => {
        await given({ id: id(1) });
        expect(await driver.list.find(asked)).toBeUndefined();
        expect(await ids({ filters: { id: [asked] } })).toEqual([]);
      });

      it('knows nothing of a stream without a creation', async () => {
        const after = fold([placed(deleted(), { n: 1, ms: 0 })]);
        await driver.project({ stream: streamOf(id(1)), before: after, after, revision: 0, events: [] });
        expect(await driver.list.find(id(1))).toBeUndefined();
      });
    });

    describe('who sees what in a list', () => {
      const kinds = ['public', 'private', 'shared', 'community'] as const;
      const owners = ['p1', 'p2', null];
      const image = (owner: string | null, visibility: Visibility) => `${owner ?? 'nobody'} ${visibility}`;
      const seen = async (viewer: Viewer, visibility?: Visibility | 'all') =>
        (await driver.list.list(queryOf({ viewer, visibility }))).map((one) => image(one.owner, one.visibility)).sort();
      const of = (names: readonly (string | null)[], visibilities: readonly Visibility[]) =>
        names.flatMap((owner) => visibilities.map((visibility) => image(owner, visibility)));

      beforeEach(() => given(...owners.flatMap((owner, i) => kinds.map((visibility, k) => ({ id: id(i * 4 + k), owner, visibility })))));

      const own = (...visibilities: Visibility[]) => of(['p1'], visibilities);
      const all = (...visibilities: Visibility[]) => of(owners, visibilities);
      const admin = (name: string | null): Viewer => ({ admin: true, project: name });
      it.each<[string, Viewer, Visibility | 'all' | undefined, string[]]>([
        ['a project by default', project('p1'), undefined, [...own('private', 'shared', 'community'), ...all('public')]],
        ['a project, public', project('p1'), 'public', all('public')],
        ['a project, private', project('p1'), 'private', own('private')],
        ['a project, shared', project('p1'), 'shared', own('shared')],
        ['a project, community', project('p1'), 'community', all('community')],
        ['a project, all', project('p1'), 'all', [...own('private', 'shared'), ...all('public', 'community')]],
        ['a project without images', project('p9'), undefined, all('public')],
        ['an admin by default', admin('p1'), undefined, [...all('public', 'private', 'shared'), ...own('community')]],
        ['an admin of no project by default', ADMIN, undefined, all('public', 'private', 'shared')],
        ['an admin, public', ADMIN, 'public', all('public')],
        ['an admin, private', ADMIN, 'private', all('private')],
        ['an admin, shared', ADMIN, 'shared', all('shared')],
        ['an admin, community', ADMIN, 'community', all('community')],
        ['an admin, all', admin('p1'), 'all', all(...kinds)],
        ['nobody by default', project(null), undefined, all('public')],
        ['nobody, private', project(null), 'private', []],
        ['nobody, all', project(null), 'all', all('public', 'community')],
      ])('%s', async (_title, viewer, visibility, expected) => {
        expect(await seen(viewer, visibility)).toEqual(expected.sort());
      });
    });

    it('leaves hidden images out, or shows only them', async () => {
      await given({ id: id(1), hidden: true }, { id: id(2) });
      expect(await ids()).toEqual([id(2)]);
      expect(await ids({ hidden: false })).toEqual([id(2)]);
      expect(await ids({ hidden: true })).toEqual([id(1)]);
    });

    memberContract(() => driver);
    scrubContract(() => driver);
    statesContract(() => driver);
    filterContract(given, (filters) => ids({ filters, sort: sortedBy('id') }));

    describe('order', () => {
      const images: readonly Seed[] = [
        { id: id(1), name: 'b', status: 'active', size: 1, createdAt: 1000 },
        { id: id(2), name: 'B', createdAt: 2000 },
        { id: id(3), name: null, diskFormat: null, createdAt: 1000 },
        { id: id(4), name: '\u{1F600}', status: 'saving', containerFormat: 'ovf', createdAt: 3000 },
        { id: id(5), name: '\uFFFD', status: 'active', size: 0, createdAt: 3000 },
        { id: 'ABCDEF00-0000-4000-8000-00000000000a', name: '', status: 'active', size: 7, diskFormat: 'raw', createdAt: 500 },
      ];
      const sorted = async (...sort: SortName[]) => (await ids({ sort: sortedBy(...sort) })).map(short);
      beforeEach(() => given(...images));

      it.each<[SortName[], (number | string)[]]>([
        [['-created_at'], [5, 4, 2, 3, 1, 'A']],
        [['id'], [1, 2, 3, 4, 5, 'A']],
        [['name'], ['A', 3, 2, 1, 5, 4]],
        [['-name'], [4, 5, 1, 2, 3, 'A']],
        [['size'], [3, 2, 4, 5, 1, 'A']],
        [['status', '-created_at'], [5, 1, 'A', 2, 3, 4]],
        [['disk_format', 'name', '-id'], [3, 2, 1, 5, 4, 'A']],
        [['container_format', '-size', 'id'], ['A', 1, 2, 3, 5, 4]],
        [['-updated_at', 'id'], [5, 1, 4, 'A', 2, 3]],
      ])('by %p', async (sort, expected) => {
        expect(await sorted(...sort)).toEqual(expected);
      });

      const everySort = SORT_KEYS.flatMap((key) => [[key], [`-${key}`], [key, '-created_at'], [`-${key}`, 'created_at', '-id']] as SortName[][])
        .filter((sort) => new Set(sort.map((key) => key.replace('-', ''))).size === sort.length);
      it.each(everySort.map((sort) => ({ sort })))('gives the same by pages as at once: $sort', async ({ sort }) => {
        const query = queryOf({ sort: sortedBy(...sort), viewer: { admin: true, project: 'p1' } });
        const whole = (await driver.list.list(query)).map((image) => image.id);
        expect(whole).toHaveLength(images.length);
        for (const limit of [1, 2, 4]) expect(await walk(driver.list, { ...query, limit })).toEqual(whole);
      });
    });

    it('gives the same by pages as at once, whatever is asked', async () => {
      await fc.assert(fc.asyncProperty(seeds, fc.array(queries, { minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 7 }), async (images, asked, limit) => {
        await driver.clear();
        await given(...images);
        for (const { marker: _marker, ...query } of asked) {
          const whole = (await driver.list.list({ ...query, limit: 1000 })).map((image) => image.id);
          expect(new Set(whole).size).toBe(whole.length);
          expect(await walk(driver.list, { ...query, limit })).toEqual(whole);
        }
      }), { numRuns: 15 });
    }, 60_000);

    describe('limit and marker', () => {
      it('gives at most so many, and none at limit 0', async () => {
        await given({ id: id(1) }, { id: id(2) }, { id: id(3) });
        expect(await ids({ limit: 2, sort: sortedBy('id') })).toEqual([id(1), id(2)]);
        expect(await ids({ limit: 0 })).toEqual([]);
      });

      it('goes on after a marker that the filters would leave out', async () => {
        await given({ id: id(1), name: 'a', hidden: true }, { id: id(2), name: 'b' }, { id: id(3), name: 'c' });
        expect(await ids({ marker: id(1), sort: sortedBy('name'), filters: { name: ['c'] } })).toEqual([id(3)]);
      });

      it.each<[string, Seed | undefined, Viewer]>([
        ['does not exist', undefined, ADMIN],
        ['is deleted', { id: id(1), status: 'deleted' }, ADMIN],
        ['waits to be deleted', { id: id(1), status: 'pending_delete' }, ADMIN],
        ['is killed', { id: id(1), status: 'killed' }, ADMIN],
        ['is private to another', { id: id(1), owner: 'p1', visibility: 'private' }, project('p2')],
        ['is shared by another', { id: id(1), owner: 'p1', visibility: 'shared' }, project('p2')],
        ['is private, for nobody', { id: id(1), owner: 'p1', visibility: 'private' }, project(null)],
      ])('refuses a marker that %s', async (_title, seed, viewer) => {
        if (seed) await given(seed);
        for (const limit of [0, 5]) await expect(driver.list.list(queryOf({ viewer, marker: id(1), limit }))).rejects.toThrow(new MarkerNotFound(id(1)));
      });

      it('refuses a marker that is no id, by its name', async () => {
        await expect(driver.list.list(queryOf({ marker: 'x' }))).rejects.toMatchObject({ code: 'MarkerNotFound', marker: 'x' });
      });

      it.each<[string, Seed, Viewer]>([
        ['community image of another', { id: id(1), owner: 'p1', visibility: 'community' }, project('p2')],
        ['image of nobody', { id: id(1), owner: null, visibility: 'private' }, project('p2')],
        ['image in another spelling', { id: 'ABCDEF00-0000-4000-8000-00000000000a', owner: 'p2' }, project('p2')],
      ])('takes a visible marker: a %s', async (_title, seed, viewer) => {
        await given(seed);
        expect(await ids({ viewer, marker: seed.id.toLowerCase() })).toEqual([]);
      });
    });

    it('lists open work in id order, page by page, until it has ended', async () => {
      const upper = 'ABCDEF00-0000-4000-8000-00000000000a';
      await given({ id: id(3), status: 'saving' }, { id: id(1), status: 'saving' }, { id: upper, status: 'saving' }, { id: id(2) });
      expect(await driver.list.openWork('upload', undefined, 2)).toEqual([id(1), id(3)]);
      expect(await driver.list.openWork('upload', id(3), 2)).toEqual([upper.toLowerCase()]);
      expect(await driver.list.openWork('upload', upper, 2)).toEqual([]);
      expect(await driver.list.openWork('purge', undefined, 2)).toEqual([]);

      const events = [created(), started(), stored(), located(), deleted(), purged('l1')];
      const at = (length: number): StateChange<ImageState> =>
        ({ stream: streamOf(id(2)), before: fold([]), after: fold(history(events.slice(0, length))), revision: length - 1, events: [] });
      await driver.project(at(5));
      expect(await driver.list.openWork('purge', undefined, 9)).toEqual([id(2)]);
      await driver.project(at(6));
      expect(await driver.list.openWork('purge', undefined, 9)).toEqual([]);
    });

    it('keeps what it has when an older or the same revision is written again', async () => {
      const change = changeOf({ id: id(1), name: 'new' });
      await driver.project({ ...change, revision: 5 });
      for (const revision of [4, 5]) await driver.project({ ...changeOf({ id: id(1), name: 'old' }), revision });
      expect((await driver.list.find(id(1)))?.name).toBe('new');
      await driver.project({ ...changeOf({ id: id(1), name: 'newest' }), revision: 6 });
      expect((await driver.list.find(id(1)))?.name).toBe('newest');
    });

    it('has the same rows when it is filled again from revision 0, in one step or in many, with repeats', async () => {
      const streams = [1, 2, 3].map((n) => ({
        stream: streamOf(id(n)),
        events: [
          ...history([created({ name: `image ${n}`, tags: ['b', 'a'], properties: { z: '1', a: '2' } }), shared('p2'), decided('p2', 'accepted'), started(), stored(), located(), deleted(), purged('l1')]).slice(0, 2 + 2 * n),
          placed({ type: 'ImagePropertiesChanged', data: { set: { b: 'ß' }, removed: ['z'] } }, { n: 90, ms: Date.now(), hlc: hlcAt(1), site: 'site-b', creation: eventId(0) }),
        ],
      }));
      const write = ({ stream, events }: (typeof streams)[number], length: number) =>
        driver.project({ stream, before: fold([]), after: fold(events.slice(0, length)), revision: length - 1, events: [] });
      for (const stream of streams) for (let length = 1; length <= stream.events.length; length++) await write(stream, length);
      const followed = await driver.rows();
      expect(followed.length).toBeGreaterThanOrEqual(3);

      await driver.clear();
      for (const stream of streams.toReversed()) for (const length of [stream.events.length, 1, stream.events.length]) await write(stream, length);
      expect(await driver.rows()).toEqual(followed);
    });
  });
}

async function walk(list: ImageList, query: ImageQuery): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    const page: readonly Image[] = await list.list({ ...query, marker: seen.at(-1) });
    seen.push(...page.map((image) => image.id));
    if (page.length < query.limit) return seen;
  }
}
