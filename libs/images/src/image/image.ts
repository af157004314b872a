import type { ImageAttributes, Visibility } from './image.events.js';
import { current, type CreatedIncarnation, type ImageLocation, type ImageState } from './image.state.js';

export type ImageStatus = 'queued' | 'saving' | 'active' | 'killed' | 'pending_delete' | 'deleted';

/** An image as everybody outside the fold sees it. Sizes in bytes, times ISO 8601 with ms, hashes in hex. */
export interface Image extends ImageAttributes {
  readonly id: string;
  readonly status: ImageStatus;
  readonly owner: string | null;
  readonly visibility: Visibility;
  readonly size: number | null;
  readonly virtualSize: number | null;
  readonly checksum: string | null;
  readonly osHashAlgo: string | null;
  readonly osHashValue: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly locations: readonly (ImageLocation & { readonly id: string })[];
  /** The attempt that is writing the bytes now. */
  readonly openUpload: string | null;
}

export const streamOf = (imageId: string): string => `image-${imageId.toLowerCase()}`;

/** undefined where nothing was ever created. */
export function imageOf(id: string, state: ImageState): Image | undefined {
  const found = current(state);
  if (!found) return undefined;
  const { image } = found;
  const data = image.data?.value;
  const attributes = attributesOf(image);
  return {
    id: image.created.spelling ?? id.toLowerCase(),
    ...attributes,
    diskFormat: data ? data.diskFormat : attributes.diskFormat,
    containerFormat: data ? data.containerFormat : attributes.containerFormat,
    status: statusOf(image),
    owner: image.owner.value,
    visibility: image.visibility.value,
    size: data?.size ?? null,
    virtualSize: data?.virtualSize ?? null,
    checksum: data?.checksum ?? null,
    osHashAlgo: data?.osHashAlgo ?? null,
    osHashValue: data?.osHashValue ?? null,
    createdAt: image.created.at,
    updatedAt: image.updated?.value ?? image.created.at,
    deletedAt: image.deleted?.value.at ?? null,
    properties: propertiesOf(image),
    tags: Object.keys(image.tags).filter((tag) => image.tags[tag]?.value).sort(),
    locations: Object.entries(image.locations)
      .filter(([id]) => !image.purged[id])
      .map(([id, location]) => ({ id, ...location }))
      .sort((a, b) => (a.stamp < b.stamp ? -1 : 1)),
    openUpload: openUploadOf(image),
  };
}

/** Work that an event began and no later one has ended. */
export function openWorkOf(image: Image): ('purge' | 'upload')[] {
  return [
    ...(image.deletedAt !== null && image.locations.length > 0 ? (['purge'] as const) : []),
    ...(image.openUpload !== null ? (['upload'] as const) : []),
  ];
}

function statusOf(image: CreatedIncarnation): ImageStatus {
  if (image.deleted) {
    const scheduled = image.deleted.value.scrubAfter !== undefined;
    return scheduled && Object.keys(image.locations).some((id) => !image.purged[id]) ? 'pending_delete' : 'deleted';
  }
  if (image.data) return 'active';
  if (openUploadOf(image) !== null) return 'saving';
  return lastOutcome(image) === 'killed' ? 'killed' : 'queued';
}

function openUploadOf(image: CreatedIncarnation): string | null {
  let open: { id: string; stamp: string } | undefined;
  for (const [id, { started, failed }] of Object.entries(image.attempts)) {
    if (!started || failed || image.data?.value.uploadId === id) continue;
    if (!open || open.stamp < started.stamp) open = { id, stamp: started.stamp };
  }
  return open?.id ?? null;
}

function lastOutcome(image: CreatedIncarnation): 'queued' | 'killed' | undefined {
  return Object.values(image.attempts)
    .flatMap(({ failed }) => failed ?? [])
    .reduce<{ stamp: string; outcome: 'queued' | 'killed' } | undefined>((last, one) => (last && last.stamp > one.stamp ? last : one), undefined)
    ?.outcome;
}

function attributesOf({ attributes }: CreatedIncarnation): ImageAttributes {
  return {
    name: attributes.name?.value ?? null,
    diskFormat: attributes.diskFormat?.value ?? null,
    containerFormat: attributes.containerFormat?.value ?? null,
    minDisk: attributes.minDisk?.value ?? 0,
    minRam: attributes.minRam?.value ?? 0,
    protected: attributes.protected?.value ?? false,
    hidden: attributes.hidden?.value ?? false,
  };
}

function propertiesOf(image: CreatedIncarnation): Record<string, string> {
  const properties: Record<string, string> = Object.create(null);
  for (const [key, { value }] of Object.entries(image.properties)) if (value !== null) properties[key] = value;
  return properties;
}
