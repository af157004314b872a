import { current, type ImageState } from './image.state.js';

/** What an image uses up of its owner's share. */
export interface ImageUsage {
  /** null: nobody's, and so nobody's share. */
  readonly owner: string | null;
  /** Size × places whose bytes are not known to be gone: those of deleted images count until they are purged. */
  readonly bytes: bigint;
  /** 1 from creation to deletion. */
  readonly images: bigint;
}

const NOTHING: ImageUsage = { owner: null, bytes: 0n, images: 0n };

export function imageUsage(state: ImageState): ImageUsage {
  const image = current(state)?.image;
  if (!image) return NOTHING;
  const { size } = (image.data ?? image.referenced)?.value ?? {};
  // What was replaced is counted at its new place.
  const places = Object.keys(image.locations).filter((id) => !image.purged[id] && image.removed[id] !== 'replaced');
  return { owner: image.owner.value, bytes: BigInt(size ?? 0) * BigInt(places.length), images: image.deleted ? 0n : 1n };
}
