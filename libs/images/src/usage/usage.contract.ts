import fc from 'fast-check';
import type { FoldEvent, StateChange } from '#event-store';
import type { ImageEvent } from '../image/image.events.js';
import { created, deleted, fold, history, located, purged, started, stored, unlocated } from '../image/image.fixture.js';
import { streamOf } from '../image/image.js';
import { NO_IMAGE, type ImageState } from '../image/image.state.js';
import { NO_USAGE, type Usage } from './usage.js';

export interface UsageUnderTest {
  readonly usage: Usage;
  /** Writes as the inline projection does. */
  project(change: StateChange<ImageState>): Promise<void>;
  /** Lets so much time pass for everything reserved until now. */
  pass(ms: number): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

const OWNERS = ['p1', 'p2', 'p3'];
const TTL = 60_000;
const given = (owner: string | null): ImageEvent => ({ type: 'ImageOwnerChanged', data: { owner } });
const id = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** One image's life: created, written, given away, deleted and purged, as far as it comes. */
const lives = fc.tuple(fc.constantFrom(...OWNERS, null), fc.nat(1000), fc.constantFrom(...OWNERS, null), fc.nat(8)).map(([owner, size, heir, length]) =>
  history([
    created({ owner }), started(), stored({ size }), located('l1'), given(heir), located('l2'), unlocated('l2'), deleted(), purged('l1', 'l2'),
  ].slice(0, length + 1)));

/** What every driver of the usage does; `open` makes a new, empty one. */
export function usageContract(name: string, open: () => Promise<UsageUnderTest>): void {
  describe(`usage (${name})`, () => {
    let under: UsageUnderTest;
    let usage: Usage;
    beforeAll(async () => {
      under = await open();
      usage = under.usage;
    });
    beforeEach(() => under.clear());
    afterAll(() => under.close());

    const changeOf = (n: number, events: readonly FoldEvent<ImageEvent>[], from: number, settles?: string): StateChange<ImageState> => ({
      stream: streamOf(id(n)), before: fold(events.slice(0, from)), after: fold(events), revision: events.length - 1, events: [], ...(settles === undefined ? {} : { settles: [settles] }),
    });
    const project = (n: number, events: readonly ImageEvent[], settles?: string) => under.project(changeOf(n, history(events), 0, settles));
    const used = async () => Promise.all(OWNERS.map((owner) => usage.of(owner)));
    const reserve = (holder: string, least: bigint, { limit = 100n, owner = 'p1', most = least, ttl = TTL } = {}) =>
      usage.reserve({ owner, what: 'bytes', holder, least, most }, limit, ttl);
    const fits = async (amount: bigint, limit = 100n) => {
      const { amount: got } = await reserve('probe', amount, { limit });
      await usage.release('probe');
      return got !== undefined;
    };

    describe('what owners use', () => {
      it('is nothing for one that never owned anything', async () => {
        expect(await usage.of('nobody')).toEqual(NO_USAGE);
      });

      it('CVE-2014-9623: counts a deleted image\'s bytes until they are purged, and the image no longer', async () => {
        const life = history([created(), started(), stored({ size: 42 }), located(), deleted(), purged('l1')]);
        const at = [];
        for (let length = 1; length <= life.length; length++) {
          await under.project(changeOf(1, life.slice(0, length), length - 1));
          const { bytes, live, images, uploading } = await usage.of('p1');
          at.push([bytes, live, images, uploading].map(Number));
        }
        expect(at).toEqual([[0, 0, 1, 0], [0, 0, 1, 1], [0, 0, 1, 0], [42, 42, 1, 0], [42, 0, 0, 0], [0, 0, 0, 0]]);
      });

      it('counts size × places, those included that the image lost and that still hold bytes', async () => {
        await project(1, [created(), started(), stored({ size: 10 }), located('l1'), located('l2'), located('l3'), unlocated('l2'), unlocated('l3', 'replaced')]);
        expect((await usage.of('p1')).bytes).toBe(20n);
      });

      it('moves with the image to another owner, and from and to nobody', async () => {
        const life = history([created({ owner: null }), started(), stored({ size: 7 }), located(), given('p2'), given('p1'), given(null)]);
        const seen = [];
        for (let length = 4; length <= life.length; length++) {
          await under.project(changeOf(1, life.slice(0, length), length === 4 ? 0 : length - 1));
          seen.push((await used()).map(({ bytes, images }) => `${bytes}/${images}`).join(' '));
        }
        expect(seen).toEqual(['0/0 0/0 0/0', '0/0 7/1 0/0', '7/1 0/0 0/0', '0/0 0/0 0/0']);
      });

      it('sums images of every size and id exactly, beyond 2^63 too', async () => {
        const size = Number.MAX_SAFE_INTEGER;
        const places = Array.from({ length: 50 }, (_, i) => located(`l${i}`));
        await Promise.all(Array.from({ length: 40 }, (_, n) => project(n, [created(), started(), stored({ size }), ...places])));
        expect(await usage.of('p1')).toEqual({ bytes: BigInt(size) * 2000n, live: BigInt(size) * 2000n, staged: 0n, images: 40n, uploading: 0n });
      });

      it('is the same when it is counted again from zero, in one step or in many', async () => {
        await fc.assert(fc.asyncProperty(fc.array(lives, { minLength: 1, maxLength: 6 }), async (images) => {
          await under.clear();
          await Promise.all(images.map(async (events, n) => {
            for (let length = 1; length <= events.length; length++) await under.project(changeOf(n, events.slice(0, length), length - 1));
          }));
          const followed = await used();
          await under.clear();
          for (const [n, events] of [...images.entries()].toReversed()) await under.project(changeOf(n, events, 0));
          expect(await used()).toEqual(followed);
        }), { numRuns: 20 });
      }, 60_000);

      it('does not wait in a circle when images are given both ways between two owners at once', async () => {
        const both = [1, 17, 33, 49].map((n, i) => ({ n, events: history([created({ owner: i % 2 ? 'p1' : 'p2' }), given(i % 2 ? 'p2' : 'p1')]) }));
        await Promise.all(both.map(({ n, events }) => under.project(changeOf(n, events.slice(0, 1), 0))));
        for (let turn = 0; turn < 20; turn++) {
          await Promise.all(both.map(({ n, events }) => under.project(changeOf(n, events, 1))));
          await Promise.all(both.map(({ n, events }) => under.project({ ...changeOf(n, events, 1), before: fold(events), after: fold(events.slice(0, 1)) })));
        }
        expect((await used()).map(({ images }) => images)).toEqual([2n, 2n, 0n]);
      }, 60_000);
    });

    describe('reservations', () => {
      it('fit beside what is used and reserved, up to the limit itself', async () => {
        await project(1, [created(), started(), stored({ size: 20 }), located()]);
        expect(await reserve('a', 40n)).toEqual({ amount: 40n, room: 80n });
        expect(await reserve('b', 41n)).toEqual({ amount: undefined, room: 40n });
        expect(await reserve('b', 40n)).toEqual({ amount: 40n, room: 40n });
        expect(await reserve('c', 1n)).toEqual({ amount: undefined, room: 0n });
        expect(await reserve('c', 0n)).toEqual({ amount: 0n, room: 0n });
      });

      it('get as much as there is room for, but never less than the least', async () => {
        expect(await reserve('a', 10n, { most: 70n })).toEqual({ amount: 70n, room: 100n });
        expect(await reserve('b', 10n, { most: 70n })).toEqual({ amount: 30n, room: 30n });
        expect((await reserve('c', 1n, { most: 70n })).amount).toBeUndefined();
      });

      it('of one owner or kind leave others their room', async () => {
        await reserve('a', 100n);
        expect((await reserve('b', 100n, { owner: 'p2' })).amount).toBe(100n);
        expect((await usage.reserve({ owner: 'p1', what: 'images', holder: 'a', least: 1n }, 1n, TTL)).amount).toBe(1n);
        expect((await usage.reserve({ owner: 'p1', what: 'images', holder: 'b', least: 1n }, 1n, TTL)).amount).toBeUndefined();
        expect(await fits(1n)).toBe(false);
        await usage.release('a');
        expect(await fits(100n)).toBe(true);
      });

      it('tell how far an owner is beyond the limit, and give nothing then', async () => {
        await project(1, [created(), started(), stored({ size: 150 }), located()]);
        expect(await reserve('a', 0n)).toEqual({ amount: undefined, room: -50n });
      });

      it('never pass the limit, however many ask at once', async () => {
        const asked = await Promise.all(Array.from({ length: 20 }, (_, i) => reserve(`h${i}`, 30n)));
        expect(asked.filter(({ amount }) => amount !== undefined)).toHaveLength(3);
        expect([await fits(11n), await fits(10n)]).toEqual([false, true]);
      });

      it('replace the holder\'s earlier one, even for another owner, and leave it where the new one does not fit', async () => {
        await reserve('a', 60n);
        expect((await reserve('a', 90n)).amount).toBe(90n);
        expect((await reserve('a', 101n)).amount).toBeUndefined();
        expect([await fits(11n), await fits(10n)]).toEqual([false, true]);
        expect((await reserve('a', 50n, { owner: 'p2' })).amount).toBe(50n);
        expect(await fits(100n)).toBe(true);
      });

      it('end when released, or with their time unless renewed', async () => {
        await reserve('a', 50n, { ttl: 1_000 });
        await reserve('b', 50n, { ttl: 1_000 });
        await usage.renew('b', TTL);
        await under.pass(2_000);
        expect([await fits(51n), await fits(50n)]).toEqual([false, true]);
        await usage.renew('a', TTL);
        expect(await fits(50n)).toBe(true);
        await usage.release('b');
        await usage.release('nobody');
        expect(await fits(100n)).toBe(true);
      });

      it('CVE-2015-5286: end with the very append that books them, so that room is neither lost nor given twice', async () => {
        await reserve('u1', 60n);
        await reserve('u2', 40n);
        await project(1, [created(), started(), stored({ size: 60 }), located()], 'u1');
        expect(await fits(1n)).toBe(false);
        await usage.release('u2');
        expect([await fits(41n), await fits(40n)]).toEqual([false, true]);
      });

      it('user-asks 6: together with usage never pass the limit while bookings and reservations run at once', async () => {
        let sum = 0n;
        const turn = async (n: number) => {
          const holder = `h${n}`;
          if ((await reserve(holder, 10n, { limit: 95n })).amount === undefined) return;
          await project(n, [created(), started(), stored({ size: 10 }), located()], holder);
          sum += 10n;
        };
        await Promise.all(Array.from({ length: 40 }, (_, n) => turn(n)));
        for (let n = 40; n < 45; n++) await turn(n);
        expect([sum, (await usage.of('p1')).bytes]).toEqual([90n, 90n]);
        expect([await fits(6n, 95n), await fits(5n, 95n)]).toEqual([false, true]);
      });
    });

    it('ignores a stream without a creation', async () => {
      await under.project({ stream: streamOf(id(1)), before: NO_IMAGE, after: fold(history([deleted()])), revision: 0, events: [] });
      expect(await used()).toEqual([NO_USAGE, NO_USAGE, NO_USAGE]);
    });
  });
}
