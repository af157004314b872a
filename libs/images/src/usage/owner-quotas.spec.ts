import type { RecordedEvent, StateChange } from '#event-store';
import type { ImageEvent } from '../image/image.events.js';
import { created, deleted, fold, history, IMAGE_ID, located, started, stored } from '../image/image.fixture.js';
import { streamOf } from '../image/image.js';
import type { ImageState } from '../image/image.state.js';
import { OwnerQuotas, type OwnerLimits } from './owner-quotas.js';
import { MemoryUsage, memoryUsageProjection } from './usage.memory.js';

/** The change that the last `count` events make. */
function change(events: readonly ImageEvent[], count = 1): StateChange<ImageState> {
  const all = history(events);
  return {
    stream: streamOf(IMAGE_ID), before: fold(all.slice(0, -count)), after: fold(all), revision: all.length - 1,
    events: all.slice(-count) as unknown as readonly RecordedEvent[],
  };
}

const UPLOAD = [created(), started()];
const finished = (size: number) => change([...UPLOAD, stored({ size }), located()], 2);

describe('the quotas of owners', () => {
  let usage: MemoryUsage;
  let quotas: OwnerQuotas;
  const limit = (limits: OwnerLimits) => (quotas = new OwnerQuotas(usage, limits));
  const book = (one: StateChange<ImageState>, settles?: string) =>
    memoryUsageProjection(usage).write({ ...one, ...(settles === undefined ? {} : { settles }) }).forEach((write) => write());
  const left = async (what: 'bytes' | 'images', of: bigint) => {
    const { room } = await usage.reserve({ owner: 'p1', what, holder: 'probe', least: 0n }, of, 0);
    return room;
  };
  beforeEach(() => (usage = new MemoryUsage()));

  it('hold what a change adds until it is booked, and give it back where it is not', async () => {
    limit({ images: 2n });
    const first = await quotas.admit(change([created()]));
    const second = await quotas.admit({ ...change([created()]), events: [] });
    expect(await left('images', 2n)).toBe(0n);
    await second?.release();
    book(change([created()]), first?.holder);
    expect([await left('images', 2n), (await usage.of('p1')).images]).toEqual([1n, 1n]);
  });

  it('refuse an image too many, and data too large, telling the room that is left', async () => {
    limit({ images: 0n, bytes: 41n });
    await expect(quotas.admit(change([created()]))).rejects.toMatchObject({ code: 'ImageCountExceeded', maximum: 0n });
    await expect(quotas.admit(finished(42))).rejects.toMatchObject({ code: 'StorageQuotaExceeded', size: 42n, remaining: 41n });
  });

  it('hold nothing for what is not limited, takes nothing or is nobody\'s', async () => {
    limit({ bytes: 1n });
    for (const one of [change([created()]), change([created(), deleted()]), change([created({ owner: null }), started(), stored(), located()], 2)]) {
      expect(await quotas.admit(one)).toBeUndefined();
    }
    expect(limit({}).limited).toBe(false);
    expect(await quotas.admit(finished(42))).toBeUndefined();
  });

  it('hold for a gift what the heir needs, and nothing of it where a part does not fit', async () => {
    limit({ images: 1n, bytes: 41n });
    const given = change([...UPLOAD, stored({ size: 42 }), located(), { type: 'ImageOwnerChanged', data: { owner: 'heir' } }]);
    await expect(quotas.admit(given)).rejects.toMatchObject({ code: 'StorageQuotaExceeded' });
    expect((await usage.reserve({ owner: 'heir', what: 'images', holder: 'other', least: 1n }, 1n, 1)).amount).toBe(1n);
  });

  it('CVE-2015-5286: book an upload out of its own room, which a lost append leaves to it', async () => {
    limit({ bytes: 42n });
    const room = await quotas.roomFor('p1', 'u1', undefined);
    room.close();
    expect(await left('bytes', 42n)).toBe(0n);
    const hold = await quotas.admit(finished(40));
    await hold?.release();
    expect([hold?.holder, await left('bytes', 42n)]).toEqual(['u1', 2n]);
    book(finished(40), hold?.holder);
    expect([await left('bytes', 42n), (await usage.of('p1')).bytes]).toEqual([2n, 40n]);
  });

  it('outlive a usage that cannot be reached when something is released', async () => {
    limit({ bytes: 1n });
    usage.release = async () => Promise.reject(new Error('away'));
    await expect(quotas.release('u1')).resolves.toBeUndefined();
  });
});
