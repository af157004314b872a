import type { Image } from '#images';
import { headerName, headerValue } from './image-headers.js';

/** An image in documents of the Images API v1 (images-v1 §2): never where its data is. */
export interface ImageView {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly size: number;
  readonly virtual_size: number | null;
  readonly disk_format: string | null;
  readonly container_format: string | null;
  readonly checksum: string | null;
  readonly min_disk: number;
  readonly min_ram: number;
  readonly is_public: boolean;
  readonly owner: string | null;
  readonly protected: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
  readonly deleted: boolean;
  readonly properties: Readonly<Record<string, string>>;
}

/** Statuses that version 1 has no word for: data is on its way. */
const STATUSES: Readonly<Partial<Record<Image['status'], string>>> = { importing: 'saving', uploading: 'saving' };

export function imageView(image: Image): ImageView {
  const { id, name, status, diskFormat, containerFormat, minDisk, minRam, visibility, owner, createdAt, updatedAt, deletedAt } = image;
  return {
    id,
    name,
    status: STATUSES[status] ?? status,
    size: sizeOf(image),
    virtual_size: image.virtualSize,
    disk_format: diskFormat,
    container_format: containerFormat,
    checksum: checksumOf(image),
    min_disk: minDisk,
    min_ram: minRam,
    is_public: visibility === 'public',
    owner,
    protected: image.protected,
    created_at: timeOf(createdAt),
    updated_at: timeOf(updatedAt),
    deleted_at: deletedAt === null ? null : timeOf(deletedAt),
    deleted: deletedAt !== null,
    properties: image.properties,
  };
}

export function briefView(image: Image) {
  const { id, name, disk_format, container_format, checksum, size } = imageView(image);
  return { id, name, disk_format, container_format, checksum, size };
}

/** As the store has it, else as its creator said. */
export const sizeOf = ({ size, declared }: Image): number => size ?? declared?.size ?? 0;

export const checksumOf = ({ checksum, declared }: Image): string | null => checksum ?? declared?.checksum ?? null;

/** Without a zone, and with microseconds. */
const timeOf = (iso: string): string => `${iso.slice(0, 19)}.000000`;

/** The same as headers; what is null is left out. */
export function imageHeaders(image: Image): Record<string, string> {
  const { properties, ...fields } = imageView(image);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== null) headers[`x-image-meta-${name}`] = headerValue(asText(value));
  for (const [name, value] of Object.entries(properties)) if (value !== '') headers[headerName(name)] = headerValue(value);
  return { ...headers, ...etag(image) };
}

export function etag(image: Image): { readonly etag?: string } {
  const checksum = checksumOf(image);
  return checksum === null ? {} : { etag: checksum };
}

const asText = (value: string | number | boolean): string => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value));
