import type { StateChange } from '#event-store';
import { imageUsage, type ImageUsage } from '../image/image-usage.js';
import type { ImageState } from '../image/image.state.js';
import { eachMeasure, MEASURES, type OwnerUsage } from './usage.js';

export interface UsageChange extends OwnerUsage {
  readonly owner: string;
}

/** What a change adds to (or, below 0, takes from) whose usage; in the order of owners, none with nothing. */
export function usageChanges({ before, after }: Pick<StateChange<ImageState>, 'before' | 'after'>): UsageChange[] {
  const old: ImageUsage & OwnerUsage = imageUsage(before);
  const now: ImageUsage & OwnerUsage = imageUsage(after);
  const changes = old.owner === now.owner
    ? [{ owner: now.owner, ...eachMeasure((what) => now[what] - old[what]) }]
    : [{ owner: old.owner, ...eachMeasure((what) => -old[what]) }, now];
  return changes
    .flatMap(({ owner, ...change }) => (owner === null || MEASURES.every((what) => change[what] === 0n) ? [] : [{ owner, ...change }]))
    .sort((a, b) => (a.owner < b.owner ? -1 : 1));
}

