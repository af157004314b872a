import { newer, older, type Register } from '#event-store';
import type { Deletion, Incarnation } from './image.state.js';

/** A deletion for good stands, the first of several; of those that wait for a scrubber the last, which may have come after a restoration. */
export function later(a: Register<Deletion> | undefined, b: Register<Deletion>): Register<Deletion> {
  if (a === undefined || isFinal(a) !== isFinal(b)) return a && isFinal(a) ? a : b;
  return isFinal(b) ? older(a, b) : newer(a, b);
}

/**
 * The deletion that counts. A restoration ends one that waits and was decided before it, unless a scrubber took data
 * meanwhile: then there is nothing left to bring back.
 */
export function deletionOf(image: Incarnation): Deletion | undefined {
  const { deleted, restored } = image;
  if (!deleted) return undefined;
  const takenBack = !isFinal(deleted) && restored !== undefined && restored.stamp > deleted.stamp && !isScrubbed(image);
  return takenBack ? undefined : deleted.value;
}

/** Data went from a place that the image still had. */
export const isScrubbed = ({ locations, purged, removed }: Incarnation): boolean =>
  Object.keys(purged).some((id) => locations[id] !== undefined && removed[id] === undefined);

const isFinal = ({ value }: Register<Deletion>): boolean => value.scrubAfter === undefined;
