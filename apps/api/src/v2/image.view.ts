import { importProgress, type Image } from '#images';

export interface ImageViewOptions {
  /** `show_image_direct_url`, `show_multiple_locations` */
  readonly directUrl: boolean;
  readonly locations: boolean;
  /** `stores` is part of the document only where several stores are configured. */
  readonly multiStore: boolean;
  readonly decryptLocation: (stored: string) => string;
}

/** Seconds, UTC, no fraction. */
export const time = (iso: string): string => `${iso.slice(0, 19)}Z`;

/** The image document of images-v2 §3, its keys in the order that the peer emits. */
export function imageView(image: Image, options: ImageViewOptions): Record<string, unknown> {
  const self = `/v2/images/${image.id}`;
  return {
    ...image.properties,
    ...progress(image, options),
    name: image.name,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    visibility: image.visibility,
    size: image.size,
    virtual_size: image.virtualSize,
    status: image.status,
    checksum: image.checksum,
    protected: image.protected,
    min_ram: image.minRam,
    min_disk: image.minDisk,
    owner: image.owner,
    os_hidden: image.hidden,
    os_hash_algo: image.osHashAlgo,
    os_hash_value: image.osHashValue,
    id: image.id,
    created_at: time(image.createdAt),
    updated_at: time(image.updatedAt),
    ...locations(image, options),
    tags: image.tags,
    self,
    file: `${self}/file`,
    schema: '/v2/schemas/image',
    ...(options.multiStore && image.locations.length > 0 ? { stores: image.locations.map(({ store }) => store).join(',') } : {}),
  };
}

/** As long as it was never imported there is none. */
function progress({ imports }: Image, { multiStore }: ImageViewOptions): Record<string, string> {
  if (imports.length === 0) return {};
  const { taskId, ...stores } = importProgress(imports);
  // Where stores have no names there are none to tell.
  const { pending, failed } = multiStore ? stores : { pending: [], failed: [] };
  return {
    os_glance_importing_to_stores: pending.join(','),
    os_glance_failed_import: failed.join(','),
    ...(taskId === null ? {} : { os_glance_import_task: taskId }),
  };
}

function locations(image: Image, options: ImageViewOptions): Record<string, unknown> {
  const url = (stored: string) => options.decryptLocation(stored);
  const first = image.locations[0];
  return {
    ...(options.locations
      ? {
          locations: image.locations.map((location) => ({
            url: url(location.url),
            metadata: options.multiStore ? { ...location.metadata, store: location.store } : location.metadata,
          })),
        }
      : {}),
    ...(options.directUrl && first ? { direct_url: url(first.url) } : {}),
  };
}
