import type { StateChange } from '#event-store';
import { imageUsage } from '../image/image-usage.js';
import type { ImageState } from '../image/image.state.js';
import type { OwnerUsage } from './usage.js';

export interface UsageChange extends OwnerUsage {
  readonly owner: string;
}

/** What a change adds to (or, below 0, takes from) whose usage; in the order of owners, none with nothing. */
export function usageChanges({ before, after }: Pick<StateChange<ImageState>, 'before' | 'after'>): UsageChange[] {
  const old = imageUsage(before);
  const now = imageUsage(after);
  const changes = old.owner === now.owner
    ? [{ owner: now.owner, bytes: now.bytes - old.bytes, images: now.images - old.images }]
    : [{ owner: old.owner, bytes: -old.bytes, images: -old.images }, now];
  return changes
    .flatMap(({ owner, bytes, images }) => (owner === null || (bytes === 0n && images === 0n) ? [] : [{ owner, bytes, staged: 0n, images }]))
    .sort((a, b) => (a.owner < b.owner ? -1 : 1));
}
