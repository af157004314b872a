import type { ImageAttributes, Visibility } from './image.events.js';
import { deletionOf } from './deletion.js';
import { keyToDelete } from './encryption-key.js';
import type { ImageDataStaged } from './import.events.js';
import { importsOf, openImportOf, type ImageImport } from './imports.js';
import { membersOf, type Member } from './membership.js';
import { current, type CreatedIncarnation, type ImageLocation, type ImageState } from './image.state.js';

export type ImageStatus = 'queued' | 'saving' | 'uploading' | 'importing' | 'active' | 'deactivated' | 'killed' | 'pending_delete' | 'deleted';

export interface LocatedData extends ImageLocation {
  readonly id: string;
}

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
  /** When a scrubber may take the data; null where it goes at once, or nothing is deleted. */
  readonly scrubAfter: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Those it was shared with first come first. They count only while the image is `shared`. */
  readonly members: readonly Member[];
  /** Where the data is, in the order in which they are asked. */
  readonly locations: readonly LocatedData[];
  /** Places that the image has no more and whose bytes are still to go. */
  readonly leftovers: readonly LocatedData[];
  /** The attempt that is writing the bytes now, or whose bytes are staged. */
  readonly openUpload: string | null;
  /** Bytes that wait to be imported; those of a deleted image until they are purged. */
  readonly staged: ImageDataStaged['data'] | null;
  /** Oldest first. */
  readonly imports: readonly ImageImport[];
  /** The one that holds the image now: nobody else may give it data. */
  readonly openImport: ImageImport | null;
  /** What its creator said of data to come; sizes in bytes. */
  readonly declared: { readonly size?: number; readonly checksum?: string };
  /** In the key manager: it goes with this image, and is not gone yet. */
  readonly keyToDelete: string | null;
}

const STREAMS = 'image-';

export const streamOf = (imageId: string): string => `${STREAMS}${imageId.toLowerCase()}`;

export const imageIdOf = (stream: string): string => stream.slice(STREAMS.length);

/** undefined where nothing was ever created. */
export function imageOf(id: string, state: ImageState): Image | undefined {
  const found = current(state);
  if (!found) return undefined;
  const { image } = found;
  const data = image.data?.value;
  const origin = data ?? image.referenced?.value;
  const hashes = data ?? image.hashed?.value;
  const attributes = attributesOf(image);
  const imports = importsOf(image);
  const status = statusOf(image, openImportOf(imports));
  const staged = stagedOf(image, imports);
  const deletion = deletionOf(image);
  const whole: Image = {
    id: image.created.spelling ?? id.toLowerCase(),
    ...attributes,
    diskFormat: origin ? origin.diskFormat : attributes.diskFormat,
    containerFormat: origin ? origin.containerFormat : attributes.containerFormat,
    status,
    owner: image.owner.value,
    visibility: image.visibility.value,
    size: origin ? origin.size : (staged?.size ?? null),
    virtualSize: origin?.virtualSize ?? null,
    checksum: hashes?.checksum ?? image.referenced?.value.checksum ?? null,
    osHashAlgo: hashes?.osHashAlgo ?? null,
    osHashValue: hashes?.osHashValue ?? null,
    createdAt: image.created.at,
    updatedAt: image.updated?.value ?? image.created.at,
    deletedAt: deletion?.at ?? null,
    scrubAfter: deletion?.scrubAfter ?? null,
    properties: propertiesOf(image),
    tags: Object.keys(image.tags).filter((tag) => image.tags[tag]?.value).sort(),
    members: membersOf(image.members),
    locations: locationsOf(image, (id) => image.removed[id] === undefined),
    leftovers: locationsOf(image, (id) => image.removed[id] === 'removed'),
    openUpload: openUploadOf(image),
    staged,
    imports,
    openImport: openImportOf(imports),
    declared: image.created.declared,
    keyToDelete: keyToDelete(image, status),
  };
  return image.recordPurged ? { ...whole, properties: {}, tags: [], members: [], imports: [] } : whole;
}

function locationsOf(image: CreatedIncarnation, which: (id: string) => boolean): LocatedData[] {
  return Object.entries(image.locations)
    .filter(([id]) => !image.purged[id] && which(id))
    .map(([id, location]) => ({ id, ...location }))
    .sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
}

/** Kinds of work that an event begins and a later one ends. */
export type OpenWork = 'purge' | 'encryption-key' | 'upload' | 'import' | 'hash';

/** Work that an event began and no later one has ended. */
export function openWorkOf(image: Image): OpenWork[] {
  const gone = image.status === 'deleted' && (image.locations.length > 0 || image.staged !== null);
  return [
    ...(gone || image.leftovers.length > 0 ? (['purge'] as const) : []),
    ...(image.keyToDelete !== null ? (['encryption-key'] as const) : []),
    // What is staged waits for somebody to import it, and needs no living process.
    ...(image.openUpload !== null && image.staged === null ? (['upload'] as const) : []),
    ...(image.openImport !== null ? [image.openImport.method === 'location-import' ? ('hash' as const) : ('import' as const)] : []),
  ];
}

/** Of the attempt or the import that is not over. */
export function stagedOf(image: CreatedIncarnation, imports: readonly ImageImport[]): ImageDataStaged['data'] | null {
  const uploadId = openImportOf(imports)?.uploadId ?? openUploadOf(image);
  const staged = uploadId === null || image.purged[uploadId] ? undefined : image.attempts[uploadId]?.staged?.value;
  return uploadId !== null && staged ? { uploadId, ...staged } : null;
}

const READS_LATER: readonly ImageImport['method'][] = ['location-import', 'copy-from'];

function statusOf(image: CreatedIncarnation, openImport: ImageImport | null): ImageStatus {
  const deletion = deletionOf(image);
  if (deletion) {
    const scheduled = deletion.scrubAfter !== undefined;
    return scheduled && locationsOf(image, (id) => image.removed[id] === undefined).length > 0 ? 'pending_delete' : 'deleted';
  }
  if (image.data || image.referenced) return image.deactivated?.value ? 'deactivated' : 'active';
  // Clients expect the image to be queued until somebody begins to read the data at the place.
  if (openImport && (!READS_LATER.includes(openImport.method) || openImport.startedAt !== null)) return 'importing';
  const upload = openUploadOf(image);
  if (upload !== null) return image.attempts[upload]?.started?.method === 'stage' ? 'uploading' : 'saving';
  return lastOutcome(image) === 'killed' ? 'killed' : 'queued';
}

export function openUploadOf(image: CreatedIncarnation): string | null {
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
