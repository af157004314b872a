import { changeOf, id, project, queryOf, short, sortedBy, type Seed } from './image-list.fixture.js';
import type { ImageListDriver } from './image-list.contract.js';
import type { ImageQuery } from './image-list.js';

/** What the Images API v1 lists beside version 2: deleted images, all that is not public, and what is shared with whom; part of the contract of image lists. */
export function statesContract(driver: () => ImageListDriver): void {
  const given = async (...images: Seed[]) => {
    await Promise.all(images.map((seed) => driver().project(changeOf(seed))));
  };
  const ids = async (query: Partial<ImageQuery>) => (await driver().list.list(queryOf({ sort: sortedBy('id'), ...query }))).map((image) => short(image.id));

  describe('images in any state', () => {
    const day = (n: number) => Date.parse(`2026-11-0${n}T10:00:00.000Z`);
    const images: readonly Seed[] = [
      { id: id(1), status: 'active', createdAt: day(1) },
      { id: id(2), status: 'deleted', createdAt: day(2) },
      { id: id(3), status: 'pending_delete', createdAt: day(3) },
      { id: id(4), status: 'killed', createdAt: day(4) },
      { id: id(5), status: 'deleted', visibility: 'private', owner: 'p2', hidden: true, createdAt: day(5) },
      { id: id(6), status: 'deleted', members: { p2: 'pending' }, createdAt: day(6) },
      { id: id(7), status: 'deleted', visibility: 'public', createdAt: day(7) },
    ];

    it.each<[string, Partial<ImageQuery>, number[]]>([
      ['those that are listed, by default', { hidden: 'any' }, [1]],
      ['deleted ones, and those that wait for a scrubber', { state: 'deleted', hidden: 'any' }, [2, 3, 5, 6, 7]],
      ['deleted ones that are not hidden', { state: 'deleted' }, [2, 3, 6, 7]],
      ['killed ones too where any state is asked for', { state: 'any', hidden: 'any' }, [1, 2, 3, 4, 5, 6, 7]],
      ['to a project only those that it could see', { state: 'any', hidden: 'any', viewer: project('p2'), memberStatus: 'all' }, [5, 6, 7]],
      ['to a project those that it accepted, where it asks for them', { state: 'any', hidden: 'any', viewer: project('p2') }, [5, 7]],
      ['that changed since a time', { state: 'any', hidden: 'any', filters: { times: [{ column: 'updated_at', op: 'gt', at: new Date(day(5)) }] } }, [5, 6, 7]],
      ['that are not public', { state: 'any', hidden: 'any', visibility: 'not public' }, [1, 2, 3, 4, 5, 6]],
    ])('are shown: %s', async (_title, query, expected) => {
      await given(...images);
      expect(await ids(query)).toEqual(expected);
    });

    it('come page by page, after a deleted marker too', async () => {
      await given(...images);
      expect(await ids({ state: 'deleted', hidden: 'any', limit: 2 })).toEqual([2, 3]);
      expect(await ids({ state: 'deleted', hidden: 'any', limit: 2, marker: id(3) })).toEqual([5, 6]);
      await expect(ids({ marker: id(3) })).rejects.toMatchObject({ code: 'MarkerNotFound' });
    });
  });

  describe('all that is not public', () => {
    it('is of every visibility but that, for an admin of every owner', async () => {
      await given({ id: id(1), visibility: 'public' }, { id: id(2), visibility: 'private' }, { id: id(3), visibility: 'shared' }, { id: id(4), visibility: 'community' });
      expect(await ids({ visibility: 'not public' })).toEqual([2, 3, 4]);
      expect(await ids({ visibility: 'not public', viewer: project('p1') })).toEqual([2, 3, 4]);
      expect(await ids({ visibility: 'not public', viewer: project('p2') })).toEqual([]);
    });
  });

  describe('images that are shared with a project', () => {
    const shared = async (...asked: Parameters<ImageListDriver['list']['sharedWith']>) => (await driver().list.sharedWith(...asked)).map((one) => short(one.id));

    it('are those of others in any status of the membership, page by page', async () => {
      await given(
        { id: id(3), members: { p2: 'pending' } }, { id: id(1), members: { p2: 'rejected', p3: 'accepted' }, owner: 'p4' }, { id: id(2), members: { p2: 'accepted' } },
        { id: id(4), owner: 'p2', members: { p2: 'accepted' } }, { id: id(5), visibility: 'private', members: { p2: 'accepted' } },
        { id: id(6), status: 'deleted', members: { p2: 'accepted' } }, { id: id(7) },
      );
      expect(await shared('p2', undefined, undefined, 9)).toEqual([1, 2, 3]);
      expect(await shared('p2', undefined, undefined, 2)).toEqual([1, 2]);
      expect(await shared('p2', undefined, id(2), 2)).toEqual([3]);
      expect(await shared('p2', 'p4', undefined, 9)).toEqual([1]);
      expect(await shared('p9', undefined, undefined, 9)).toEqual([]);
    });
  });
}
