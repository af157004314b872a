import type { RecordedEvent, StateChange } from '#event-store';
import type { ImageEvent } from '../image/image.events.js';
import { created, deleted, fold, history, IMAGE_ID, located, started, stored } from '../image/image.fixture.js';
import { streamOf } from '../image/image.js';
import type { ImageState } from '../image/image.state.js';
import { FixedLimits, type OwnerLimits } from './limits.js';
import { OwnerQuotas } from './owner-quotas.js';
import { ProjectLimits } from './project-limits.js';
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
  const limit = (limits: OwnerLimits) => (quotas = new OwnerQuotas(usage, new FixedLimits(limits)));
  const book = (one: StateChange<ImageState>, settles?: string) =>
    memoryUsageProjection(usage).write({ ...one, ...(settles === undefined ? {} : { settles: [settles] }) }).forEach((write) => write());
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

  it('give back what an upload had that proved to have no bytes', async () => {
    limit({ bytes: 42n });
    const room = await quotas.roomFor('p1', 'u1', undefined);
    expect(await left('bytes', 42n)).toBe(0n);
    book(finished(0), (await quotas.admit(finished(0)))?.holder);
    room.close();
    expect(await left('bytes', 42n)).toBe(42n);
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

  describe('from Keystone', () => {
    const registered = (of: Readonly<Record<string, number>>, lenient = true) => {
      const asked = async (_project: string | null, names: readonly string[]) => new Map(names.flatMap((name) => (name in of ? [[name, BigInt(of[name] ?? 0)] as const] : [])));
      quotas = new OwnerQuotas(usage, new ProjectLimits({ of: asked }, lenient));
    };
    const MIB = 2 ** 20;

    it('let one upload pass the limit of bytes, and refuse the next in the words of oslo.limit', async () => {
      registered({ image_size_total: 5, image_count_uploading: 9 });
      for (const n of [1, 2]) {
        (await quotas.roomFor('p1', `u${n}`, 3 * MIB)).close();
        book(finished(3 * MIB), (await quotas.admit(finished(3 * MIB)))?.holder);
      }
      await expect(quotas.roomFor('p1', 'u3', 1)).rejects.toThrow('Project p1 is over a limit for [Resource image_size_total is over limit of 5 due to current usage 6 and delta 0]');
    });

    it('count what is deleted no longer, though its bytes are not purged yet', async () => {
      registered({ image_size_total: 1, image_count_uploading: 9 });
      const life = [...UPLOAD, stored({ size: 3 * MIB }), located()];
      book(change(life, life.length));
      await expect(quotas.roomFor('p1', 'u1', 1)).rejects.toMatchObject({ code: 'ProjectOverLimit' });
      book(change([...life, deleted()]));
      await expect(quotas.roomFor('p1', 'u1', 1)).resolves.toBeDefined();
    });

    it('are never passed by bytes where they are hard', async () => {
      registered({ image_size_total: 5, image_count_uploading: 9 }, false);
      (await quotas.roomFor('p1', 'u1', 3 * MIB)).close();
      await expect(quotas.roomFor('p1', 'u2', 3 * MIB)).rejects.toMatchObject({ code: 'ProjectOverLimit', limit: 5n, usage: 3n, delta: 3n });
    });

    it('refuse an image too many and an upload too many, where there is no limit registered too, and never below 0', async () => {
      registered({ image_count_total: 1, image_count_uploading: 0 });
      book(change([created()]), (await quotas.admit(change([created()])))?.holder);
      await expect(quotas.admit(change([created()]))).rejects.toThrow('Resource image_count_total is over limit of 1 due to current usage 1 and delta 1');
      await expect(quotas.admit(change(UPLOAD))).rejects.toMatchObject({ code: 'ProjectOverLimit', resource: 'image_count_uploading' });
      registered({});
      await expect(quotas.admit(change([created()]))).rejects.toMatchObject({ code: 'ProjectOverLimit', limit: 0n });
      registered({ image_count_total: -1 });
      expect(await quotas.admit(change([created()]))).toBeDefined();
    });

    it('tell what is used of each, in MiB', async () => {
      registered({ image_size_total: 10, image_stage_total: 20, image_count_total: 30, image_count_uploading: -1 });
      const life = [...UPLOAD, stored({ size: 3 * MIB - 1 }), located()];
      book(change(life, life.length));
      book(change(UPLOAD, 2));
      expect(await quotas.report('p1')).toEqual({
        image_size_total: { usage: 2, limit: 10 }, image_stage_total: { usage: 0, limit: 20 }, image_count_total: { usage: 2, limit: 30 }, image_count_uploading: { usage: 1, limit: -1 },
      });
    });
  });

  it('outlive a usage that cannot be reached when something is released', async () => {
    limit({ bytes: 1n });
    usage.release = async () => Promise.reject(new Error('away'));
    await expect(quotas.release('u1')).resolves.toBeUndefined();
  });
});
