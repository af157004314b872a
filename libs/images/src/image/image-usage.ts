import { deletionOf } from './deletion.js';
import { openUploadOf, stagedOf } from './image.js';
import { importsOf, openImportOf } from './imports.js';
import { current, type ImageState } from './image.state.js';

/** What an image uses up of its owner's share. */
export interface ImageUsage {
  /** null: nobody's, and so nobody's share. */
  readonly owner: string | null;
  /** Size × places whose bytes are not known to be gone: those of deleted images count until they are purged. */
  readonly bytes: bigint;
  /** Size × places while the image is not deleted. */
  readonly live: bigint;
  /** 1 from creation to deletion. */
  readonly images: bigint;
  /** Bytes that wait to be imported, of a deleted image too. */
  readonly staged: bigint;
  /** 1 while an upload runs or waits to be imported, on a deleted image too. */
  readonly uploading: bigint;
}

const NOTHING: ImageUsage = { owner: null, bytes: 0n, live: 0n, staged: 0n, images: 0n, uploading: 0n };

export function imageUsage(state: ImageState): ImageUsage {
  const image = current(state)?.image;
  if (!image) return NOTHING;
  const imports = importsOf(image);
  const hasData = image.data !== undefined || image.referenced !== undefined;
  const { size } = (image.data ?? image.referenced)?.value ?? {};
  // What was replaced is counted at its new place.
  const places = Object.keys(image.locations).filter((id) => !image.purged[id] && image.removed[id] !== 'replaced');
  const bytes = BigInt(size ?? 0) * BigInt(places.length);
  const deleted = deletionOf(image) !== undefined;
  return {
    owner: image.owner.value,
    bytes,
    live: deleted ? 0n : bytes,
    images: deleted ? 0n : 1n,
    staged: BigInt(stagedOf(image, imports)?.size ?? 0),
    uploading: openUploadOf(image) !== null || (!hasData && openImportOf(imports) !== null) ? 1n : 0n,
  };
}
