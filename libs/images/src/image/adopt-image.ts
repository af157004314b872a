import type { CommandContext } from '#event-store';
import { ImageCommand } from './image-command.js';
import type { ImageCreated, ImageEvent, ImageLocationAdded, MemberStatus } from './image.events.js';
import type { ImageState } from './image.state.js';

/** What is known of the data of an adopted image. Sizes in bytes, hashes in hex. */
export interface AdoptedData {
  readonly size: number | null;
  readonly virtualSize: number | null;
  readonly checksum: string | null;
  /** Older installations know only the checksum. */
  readonly hash: { readonly algo: string; readonly value: string } | null;
}

export interface AdoptedMember {
  readonly member: string;
  readonly status: MemberStatus;
  readonly canShare: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An image as another installation had it. Times ISO 8601 with ms. */
export interface AdoptedImage {
  readonly image: Omit<ImageCreated['data'], 'home' | 'spelling'>;
  readonly status: 'queued' | 'active' | 'deactivated' | 'killed' | 'pending_delete' | 'deleted';
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deletedAt: string | null;
  /** When a scrubber may take the data of one in `pending_delete`. */
  readonly scrubAfter: string | null;
  /** Of every image that ever had data. */
  readonly data: AdoptedData | null;
  /** Ids are given, so that a command that is decided again says the same. */
  readonly uploadId: string;
  readonly locations: readonly Omit<ImageLocationAdded['data'], 'uploadId'>[];
  readonly members: readonly AdoptedMember[];
}

/** Takes an image over from another installation, as it was there. Nothing happens where the id was ever used. */
export class AdoptImage extends ImageCommand {
  override readonly creates = true;

  constructor(context: CommandContext, imageId: string, readonly adopted: AdoptedImage, readonly home: string) {
    super(context, imageId);
  }
}

/** Each event carries the time that the other installation knows for it: of most only that of the last change. */
export function adoptImage({ imageId, adopted, home }: AdoptImage, state: ImageState): ImageEvent[] {
  if (Object.keys(state.incarnations).length > 0) return [];
  const { image, createdAt, updatedAt } = adopted;
  const spelling = imageId === imageId.toLowerCase() ? {} : { spelling: imageId };
  const became = [...dataEvents(adopted), ...statusEvents(adopted)].map((event) => ({ at: updatedAt, ...event }));
  return [
    { type: 'ImageCreated', data: { ...image, ...spelling, tags: [...new Set(image.tags)], home }, at: createdAt },
    ...(updatedAt === createdAt || became.some(({ at, type }) => at === updatedAt && isShown(type)) ? [] : [touched(adopted)]),
    ...became.filter(({ type }) => type !== 'ImageDeleted'),
    ...adopted.members.flatMap(memberEvents),
    ...became.filter(({ type }) => type === 'ImageDeleted'),
  ];
}

/** What changed last is not known, only when: the name is said again. */
const touched = ({ image: { name }, updatedAt }: AdoptedImage): ImageEvent => ({ type: 'ImageAttributesChanged', data: { set: { name } }, at: updatedAt });

const isShown = (type: ImageEvent['type']): boolean => ['ImageDataStored', 'ImageDataReferenced', 'ImageDeactivated'].includes(type);

function dataEvents({ image: { diskFormat, containerFormat }, data, uploadId, locations }: AdoptedImage): ImageEvent[] {
  if (!data) return [];
  const { size, virtualSize, checksum, hash } = data;
  const formats = { diskFormat, containerFormat };
  const places = locations.map((location): ImageEvent => ({ type: 'ImageLocationAdded', data: { ...location, uploadId } }));
  if (size !== null && checksum !== null && hash) {
    return [{ type: 'ImageDataStored', data: { uploadId, size, virtualSize, checksum, osHashAlgo: hash.algo, osHashValue: hash.value, ...formats } }, ...places];
  }
  const more = { ...(virtualSize === null ? {} : { virtualSize }), ...(checksum === null ? {} : { checksum }) };
  return [
    { type: 'ImageDataReferenced', data: { size, ...more, ...formats } },
    ...(hash ? [{ type: 'ImageDataHashed' as const, data: { checksum, osHashAlgo: hash.algo, osHashValue: hash.value } }] : []),
    ...places,
  ];
}

function statusEvents({ status, uploadId, deletedAt, updatedAt, scrubAfter }: AdoptedImage): ImageEvent[] {
  switch (status) {
    case 'deactivated':
      return [{ type: 'ImageDeactivated', data: {} }];
    case 'killed':
      return [{ type: 'ImageUploadFailed', data: { uploadId, reason: 'it was killed in the installation that it comes from', outcome: 'killed' } }];
    case 'deleted':
      return [{ type: 'ImageDeleted', data: {}, at: deletedAt ?? updatedAt }];
    case 'pending_delete':
      return [{ type: 'ImageDeleted', data: scrubAfter === null ? {} : { scrubAfter }, at: deletedAt ?? updatedAt }];
    case 'queued':
    case 'active':
      return [];
  }
}

/** A member that was never touched again is as it was shared. */
function memberEvents({ member, status, canShare, createdAt, updatedAt }: AdoptedMember): ImageEvent[] {
  return [
    { type: 'ImageShared', data: { member, ...(canShare ? { canShare } : {}) }, at: createdAt },
    ...(status === 'pending' && createdAt === updatedAt ? [] : [{ type: 'ImageMembershipDecided' as const, data: { member, status }, at: updatedAt }]),
  ];
}
