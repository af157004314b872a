import type { StateChange } from '#event-store';
import type { MemberStatus, Visibility } from '../image/image.events.js';
import { imageIdOf, imageOf, openWorkOf, streamOf, type Image, type ImageStatus } from '../image/image.js';
import { current, type ImageState } from '../image/image.state.js';
import { UNLISTED } from './image-list.js';
import { sortValue } from './sort-value.js';

export const IMAGE_STREAMS = streamOf('');

/** One image, whole. What lists sort by is never null: a missing text is '', a missing size 0. Times are ISO 8601 with ms. */
export interface ImageRow {
  /** Lower case; `doc` has the client's spelling. */
  readonly id: string;
  readonly revision: number;
  readonly owner: string | null;
  readonly visibility: Visibility;
  readonly listed: boolean;
  readonly hidden: boolean;
  readonly protected: boolean;
  readonly name: string;
  readonly status: ImageStatus;
  readonly container_format: string;
  readonly disk_format: string;
  readonly size: number;
  readonly virtual_size: number | null;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly checksum: string | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly tags: readonly string[];
  readonly props: Readonly<Record<string, string>>;
  readonly open_work: readonly string[];
  readonly doc: Image;
}

export function imageRow(image: Image, revision: number): ImageRow {
  return {
    id: image.id.toLowerCase(),
    revision,
    owner: image.owner,
    visibility: image.visibility,
    listed: !UNLISTED.includes(image.status),
    hidden: image.hidden,
    protected: image.protected,
    name: String(sortValue(image, 'name')),
    status: image.status,
    container_format: String(sortValue(image, 'container_format')),
    disk_format: String(sortValue(image, 'disk_format')),
    size: Number(sortValue(image, 'size')),
    virtual_size: image.virtualSize,
    min_disk: image.minDisk,
    min_ram: image.minRam,
    checksum: image.checksum,
    os_hash_algo: image.osHashAlgo,
    os_hash_value: image.osHashValue,
    created_at: image.createdAt,
    updated_at: image.updatedAt,
    tags: image.tags,
    props: image.properties,
    open_work: openWorkOf(image),
    doc: image,
  };
}

/** An image of another that is shared with a project and can be listed: what such lists sort by, beside the membership. */
export interface ImageMemberRow extends Pick<ImageRow, 'owner' | 'hidden' | 'name' | 'status' | 'container_format' | 'disk_format' | 'size' | 'created_at' | 'updated_at'> {
  readonly image_id: string;
  readonly member: string;
  readonly member_status: MemberStatus;
}

export function imageMemberRows(image: ImageRow): ImageMemberRow[] {
  if (!image.listed || image.visibility !== 'shared') return [];
  const { id: image_id, owner, hidden, name, status, container_format, disk_format, size, created_at, updated_at } = image;
  return image.doc.members
    .filter(({ member }) => member !== owner)
    .map(({ member, status: member_status }) => ({
      image_id, member, member_status, owner, hidden, name, status, container_format, disk_format, size, created_at, updated_at,
    }));
}

/** undefined where the stream has no creation yet: events of other sites may come before it. */
export const rowAfter = ({ stream, after, revision }: StateChange<ImageState>): ImageRow | undefined => rowOf(stream, after, revision);

/** As the row was, where it was one. */
export const rowBefore = ({ stream, before, revision }: StateChange<ImageState>): ImageRow | undefined => rowOf(stream, before, revision - 1);

/** An operator had its row removed. */
export const isPurged = ({ after }: StateChange<ImageState>): boolean => current(after)?.image.recordPurged === 'row';

function rowOf(stream: string, state: ImageState, revision: number): ImageRow | undefined {
  if (current(state)?.image.recordPurged === 'row') return undefined;
  const image = imageOf(imageIdOf(stream), state);
  return image && imageRow(image, revision);
}
