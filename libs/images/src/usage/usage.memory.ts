import type { InlineProjection, MemoryWrite } from '#event-store';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS } from '../read-model/image-list.projection.js';
import { usageChanges, type UsageChange } from './usage.projection.js';
import { eachMeasure, NO_USAGE, type Answer, type Asked, type OwnerUsage, type Usage } from './usage.js';

interface Reservation extends Pick<Asked, 'owner' | 'what' | 'holder'> {
  readonly amount: bigint;
  readonly until: number;
}

/** One process, lost at exit. */
export class MemoryUsage implements Usage {
  private readonly owners = new Map<string, OwnerUsage>();
  private reservations: readonly Reservation[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  book({ owner, ...change }: UsageChange): void {
    const used = this.owners.get(owner) ?? NO_USAGE;
    this.owners.set(owner, eachMeasure((what) => used[what] + change[what]));
  }

  settle(holder: string): void {
    this.reservations = this.reservations.filter((one) => one.holder !== holder);
  }

  async of(owner: string): Promise<OwnerUsage> {
    return this.owners.get(owner) ?? NO_USAGE;
  }

  async reserve({ owner, what, holder, least, most = least }: Asked, limit: bigint, ttlMs: number): Promise<Answer> {
    const others = this.live().filter((one) => one.holder !== holder || one.what !== what);
    const reserved = others.filter((one) => one.owner === owner && one.what === what).reduce((sum, { amount }) => sum + amount, 0n);
    const room = limit - (this.owners.get(owner) ?? NO_USAGE)[what] - reserved;
    if (least > room) return { amount: undefined, room };
    const amount = most < room ? most : room;
    this.reservations = [...others, { owner, what, holder, amount, until: this.now() + ttlMs }];
    return { amount, room };
  }

  async renew(holder: string, ttlMs: number): Promise<void> {
    this.reservations = this.live().map((one) => (one.holder === holder ? { ...one, until: this.now() + ttlMs } : one));
  }

  async release(holder: string): Promise<void> {
    this.settle(holder);
  }

  private live = (): readonly Reservation[] => this.reservations.filter(({ until }) => until > this.now());
}

export const memoryUsageProjection = (usage: MemoryUsage): InlineProjection<ImageState, MemoryWrite> => ({
  name: 'usage',
  streamPrefix: IMAGE_STREAMS,
  write: (change) => [
    ...usageChanges(change).map((one) => () => usage.book(one)),
    ...(change.settles === undefined ? [] : change.settles.map((holder) => () => usage.settle(holder))),
  ],
});
