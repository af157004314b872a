import type { MemberStatus, Visibility } from '../image/image.events.js';
import { created, decided, fold, history, shared, unshared } from '../image/image.fixture.js';
import { streamOf } from '../image/image.js';
import { MarkerNotFound } from './image-list.errors.js';
import { ADMIN, changeOf, id, project, queryOf, short, sortedBy, type Seed, type SortName } from './image-list.fixture.js';
import { SORT_KEYS, type ImageFilters, type ImageQuery, type Viewer } from './image-list.js';
import type { ImageListDriver } from './image-list.contract.js';

/** Lists of images that others share with the viewer; part of the contract of image lists. */
export function memberContract(driver: () => ImageListDriver): void {
  const given = async (...images: Seed[]) => {
    await Promise.all(images.map((seed) => driver().project(changeOf(seed))));
  };
  const ids = async (query: Partial<ImageQuery>) =>
    (await driver().list.list(queryOf({ viewer: project('p2'), sort: sortedBy('id'), ...query }))).map((image) => short(image.id));

  describe('members', () => {
    const shares: readonly Seed[] = [
      { id: id(1), members: { p2: 'pending' } },
      { id: id(2), members: { p2: 'accepted', p3: 'rejected' } },
      { id: id(3), members: { p2: 'rejected', p3: 'accepted' } },
      { id: id(4), owner: 'p2', members: { p2: 'accepted', p3: 'pending' } },
      { id: id(5), owner: null, members: { p2: 'accepted' } },
      { id: id(6), members: { p2: 'accepted' }, hidden: true },
      { id: id(7), visibility: 'private', members: { p2: 'accepted' } },
      { id: id(8), visibility: 'community', members: { p2: 'accepted' } },
      { id: id(9), members: { p2: 'accepted' }, status: 'deleted' },
      { id: id(10) },
    ];

    it.each<[string, Partial<ImageQuery>, number[]]>([
      ['those accepted by default, and own ones once', {}, [2, 4, 5]],
      ['by status accepted', { memberStatus: 'accepted' }, [2, 4, 5]],
      ['CVE-2013-4354: those not decided only where they are asked for', { memberStatus: 'pending' }, [1, 4]],
      ['by status rejected', { memberStatus: 'rejected' }, [3, 4]],
      ['by every status', { memberStatus: 'all' }, [1, 2, 3, 4, 5]],
      ['with visibility shared', { visibility: 'shared' }, [2, 4, 5]],
      ['with visibility shared and every status', { visibility: 'shared', memberStatus: 'all' }, [1, 2, 3, 4, 5]],
      ['with visibility all', { visibility: 'all', memberStatus: 'pending' }, [1, 4, 8]],
      ['none with visibility private', { visibility: 'private', memberStatus: 'all' }, []],
      ['none with visibility public', { visibility: 'public', memberStatus: 'all' }, []],
      ['hidden ones where they are asked for', { hidden: true }, [6]],
      ['to another member what it decided itself', { viewer: project('p3') }, [3]],
      ['to an admin every image, whatever its members decided', { viewer: ADMIN, memberStatus: 'rejected' }, [1, 2, 3, 4, 5, 7, 10]],
      ['user-asks 33: to nobody none of them', { viewer: project(null), memberStatus: 'all' }, []],
      ['user-asks 33: to nobody none of them with visibility shared', { viewer: project(null), visibility: 'shared', memberStatus: 'all' }, []],
      ['user-asks 33: to nobody none of them with visibility all', { viewer: project(null), visibility: 'all', memberStatus: 'all' }, [8]],
    ])('are shown %s', async (_title, query, expected) => {
      await given(...shares);
      expect(await ids(query)).toEqual(expected);
    });

    it.each<[ImageFilters, number[]]>([
      [{ name: ['a'] }, [1]], [{ id: [id(2), id(9)] }, [2]], [{ status: ['active'] }, [2, 3]], [{ owner: 'p1' }, [1, 2, 3]], [{ checksum: 'c1' }, [2]],
      [{ osHashValue: 'h1' }, [2]], [{ osHashAlgo: 'sha256' }, [3]], [{ diskFormat: ['raw'] }, [2]], [{ containerFormat: ['ovf'] }, [1]], [{ protected: true }, [3]], [{ protected: false }, [1, 2]],
      [{ numbers: [{ column: 'size', op: 'min', value: 10 }] }, [3]], [{ numbers: [{ column: 'size', op: 'eq', value: 0 }] }, [2]],
      [{ numbers: [{ column: 'min_disk', op: 'eq', value: 5 }] }, [1]], [{ numbers: [{ column: 'virtual_size', op: 'min', value: 1 }] }, [3]],
      [{ times: [{ column: 'created_at', op: 'lt', at: new Date(2000) }] }, [1]], [{ tags: ['x'] }, [1, 2]], [{ tags: ['x', 'y'] }, [2]],
      [{ properties: { os: 'a' } }, [2, 3]], [{ tags: ['x'], properties: { os: 'a' } }, [2]], [{ tags: ['x'], name: ['a'] }, [1]],
    ])('are filtered as others are: %j', async (filters, expected) => {
      const members = { p2: 'accepted' } as const;
      await given(
        { id: id(1), members, name: 'a', minDisk: 5, containerFormat: 'ovf', tags: ['x'], createdAt: 1000 },
        { id: id(2), members, name: 'b', status: 'active', size: 0, checksum: 'c1', osHashValue: 'h1', diskFormat: 'raw', tags: ['x', 'y'], properties: { os: 'a' } },
        { id: id(3), members, name: 'A', status: 'active', size: 10, virtualSize: 20, osHashAlgo: 'sha256', protected: true, properties: { os: 'a' } },
        { id: id(4), members: { p3: 'accepted' }, name: 'a', tags: ['x'], properties: { os: 'a' } },
      );
      expect(await ids({ filters })).toEqual(expected);
    });

    const everySort = SORT_KEYS.flatMap((key) => [[key], [`-${key}`]] as SortName[][]);
    it.each(everySort.map((sort) => ({ sort })))('stand among others in one order, by pages as at once: $sort', async ({ sort }) => {
      const statuses: MemberStatus[] = ['accepted', 'pending', 'rejected'];
      const visibilities: Visibility[] = ['public', 'private', 'shared', 'community'];
      await given(...Array.from({ length: 24 }, (_, n): Seed => ({
        id: id(n), owner: n % 4 === 0 ? 'p2' : 'p1', visibility: visibilities[n % 3 === 0 ? n % 4 : 2], name: ['a', 'b', null][n % 3], members: { p2: statuses[n % 2] ?? 'accepted' },
        status: n % 5 === 0 ? 'active' : 'queued', size: n % 2, diskFormat: ['raw', null][n % 2], createdAt: 1000 * (n % 6),
      })));
      for (const memberStatus of ['accepted', 'all'] as const) {
        const query = { sort: sortedBy(...sort), memberStatus, visibility: 'all' as const };
        const whole = await ids(query);
        expect(whole.length).toBeGreaterThan(10);
        const walked: (number | string)[] = [];
        for (let marker: number | string | undefined; ;) {
          const page: (number | string)[] = await ids({ ...query, limit: 3, marker: marker === undefined ? undefined : id(Number(marker)) });
          walked.push(...page);
          if (page.length < 3) break;
          marker = page.at(-1);
        }
        expect(walked).toEqual(whole);
      }
    });

    it.each<[string, Viewer]>([['pending', project('p4')], ['accepted', project('p2')], ['rejected', project('p3')]])(
      'take a marker that they see only by a %s membership', async (_status, viewer) => {
        await given({ id: id(1), members: { p2: 'accepted', p3: 'rejected', p4: 'pending' } }, { id: id(2), owner: 'p5', visibility: 'public' });
        expect(await ids({ viewer, marker: id(1) })).toEqual([2]);
      });

    it('lose a marker with the membership, or with the visibility', async () => {
      await given({ id: id(1), visibility: 'private', members: { p2: 'accepted' } }, { id: id(2), members: {} });
      for (const n of [1, 2]) await expect(ids({ marker: id(n) })).rejects.toThrow(new MarkerNotFound(id(n)));
    });

    it('come, decide and go with the image\'s events, and wait while it is not shared', async () => {
      const turned = (visibility: Visibility) => ({ type: 'ImageVisibilityChanged', data: { visibility } }) as const;
      const owned = (owner: string) => ({ type: 'ImageOwnerChanged', data: { owner } }) as const;
      const events = history([
        created({ owner: 'p1' }), shared('p2'), decided('p2', 'accepted'), turned('private'), turned('shared'), owned('p2'), owned('p3'), shared('p4'), unshared('p2'), shared('p2'),
      ]);
      const seen: string[] = [];
      for (let n = 1; n <= events.length; n++) {
        await driver().project({ stream: streamOf(id(1)), before: fold(events.slice(0, n - 1)), after: fold(events.slice(0, n)), revision: n - 1, events: [] });
        const accepted = await ids({});
        const pending = await ids({ memberStatus: 'pending', visibility: 'shared' });
        seen.push(`${accepted.length}${pending.length}`);
      }
      expect(seen).toEqual(['00', '01', '10', '00', '10', '11', '10', '10', '00', '01']);
    });

    it('stay as they are when an older or the same revision is written again, or a later one without them', async () => {
      const at = (members: Seed['members'], revision: number) => driver().project({ ...changeOf({ id: id(1), members }), revision });
      await at({ p2: 'accepted', p3: 'accepted' }, 5);
      for (const revision of [4, 5]) await at({ p2: 'rejected', p4: 'accepted' }, revision);
      expect([await ids({}), await ids({ viewer: project('p3') }), await ids({ viewer: project('p4') })]).toEqual([[1], [1], []]);
      await at({ p3: 'rejected' }, 6);
      expect([await ids({}), await ids({ viewer: project('p3'), memberStatus: 'rejected' })]).toEqual([[], [1]]);
      await at({}, 7);
      expect(await ids({ viewer: project('p3'), memberStatus: 'all' })).toEqual([]);
    });
  });
}
