import { created, deleted, fold, history, located, purged, restored, started, stored } from '../image/image.fixture.js';
import type { ImageEvent } from '../image/image.events.js';
import { streamOf } from '../image/image.js';
import { id, short } from './image-list.fixture.js';
import type { ImageListDriver } from './image-list.contract.js';

/** What waits for a scrubber; part of the contract of image lists. */
export function scrubContract(driver: () => ImageListDriver): void {
  const ACTIVE = [created(), started(), stored(), located()];
  const day = (n: number) => `2026-12-0${n}T00:00:00.000Z`;
  const given = async (n: number, ...later: ImageEvent[]) => {
    const events = history([...ACTIVE, ...later]);
    await driver().project({ stream: streamOf(id(n)), before: fold([]), after: fold(events), revision: events.length - 1, events: [] });
  };
  const due = async (...asked: Parameters<ImageListDriver['list']['dueForScrub']>) => (await driver().list.dueForScrub(...asked)).map((one) => short(one.id));

  describe('images that wait for a scrubber', () => {
    it('are those in pending_delete whose time has come, the longest due first', async () => {
      await given(1, deleted(day(3)));
      await given(2, deleted(day(1)));
      await given(3, deleted(day(2)));
      await given(4);
      await given(5, deleted());
      await given(6, deleted(day(1)), restored());
      await given(7, deleted(day(1)), purged('l1'));
      expect(await due(day(2), undefined, 9)).toEqual([2, 3]);
      expect(await due('2026-11-30T23:59:59.999Z', undefined, 9)).toEqual([]);
      expect(await due(day(9), undefined, 9)).toEqual([2, 3, 1]);
    });

    it('come page by page, also those that are due at one time', async () => {
      for (const n of [3, 1, 2]) await given(n, deleted(day(1)));
      await given(4, deleted(day(2)));
      expect(await due(day(2), undefined, 2)).toEqual([1, 2]);
      expect(await due(day(2), { id: id(2), scrubAfter: day(1) }, 2)).toEqual([3, 4]);
      expect(await due(day(2), { id: id(4), scrubAfter: day(2) }, 2)).toEqual([]);
    });
  });

  describe('an image whose record was purged', () => {
    const purgedRecord = (extent: 'details' | 'row'): ImageEvent => ({ type: 'ImageRecordPurged', data: { extent } });
    const found = async (n: number) => (await driver().list.findAll([id(n)])).length;

    it('is found without its details, and not at all once its row was removed', async () => {
      await given(1, deleted(), purged('l1'), purgedRecord('details'));
      expect(await driver().list.find(id(1))).toMatchObject({ status: 'deleted', tags: [], properties: {}, members: [] });
      await given(1, deleted(), purged('l1'), purgedRecord('details'), purgedRecord('row'));
      expect([await driver().list.find(id(1)), await found(1)]).toEqual([undefined, 0]);
    });

    it('does not come back when its events are projected anew, or late', async () => {
      await given(1, deleted(), purged('l1'), purgedRecord('row'));
      expect(await found(1)).toBe(0);
      await given(1, deleted(), purged('l1'), purgedRecord('row'), purged('l1'));
      expect(await found(1)).toBe(0);
    });
  });
}
