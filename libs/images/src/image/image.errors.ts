import type { DeletionError } from './deletion.errors.js';
import type { ImportError } from './import.errors.js';
import type { ImageQuotas } from './quotas.js';

/** Refusals of the image domain. `code` is what others compare; each API maps it to a status of its own. */
abstract class ImageRefusal extends Error {
  abstract readonly code: string;
}

export class ImageNotFound extends ImageRefusal {
  readonly code = 'ImageNotFound';
  constructor(readonly imageId: string) {
    super(`No image found with ID ${imageId}`);
  }
}

export class ImageIdTaken extends ImageRefusal {
  readonly code = 'ImageIdTaken';
  constructor(readonly imageId: string) {
    super(`Image ID ${imageId} already exists!`);
  }
}

export class Forbidden extends ImageRefusal {
  readonly code = 'Forbidden';
}

export class ImageProtected extends ImageRefusal {
  readonly code = 'ImageProtected';
  constructor(readonly imageId: string) {
    super(`Image ${imageId} is protected and cannot be deleted.`);
  }
}

export class PropertyExists extends ImageRefusal {
  readonly code = 'PropertyExists';
  constructor(readonly property: string) {
    super(`Property ${property} already present.`);
  }
}

export class PropertyMissing extends ImageRefusal {
  readonly code = 'PropertyMissing';
  constructor(readonly property: string) {
    super(`Property ${property} does not exist.`);
  }
}

export class AttributeReadOnly extends ImageRefusal {
  readonly code = 'AttributeReadOnly';
  constructor(readonly attribute: string, message = `Attribute '${attribute}' is read-only.`) {
    super(message);
  }
}

/** The protection of properties does not let the caller do this with that one. */
export class PropertyReserved extends ImageRefusal {
  readonly code = 'PropertyReserved';
  constructor(readonly property: string) {
    super(`Attribute '${property}' is reserved.`);
  }
}

export class QuotaExceeded extends ImageRefusal {
  readonly code = 'QuotaExceeded';
  constructor(readonly what: keyof ImageQuotas, readonly attempted: number, readonly maximum: number) {
    super(`The limit has been exceeded on the number of allowed image ${what}. Attempted: ${attempted}, Maximum: ${maximum}`);
  }
}

/** Members mean something only while the image's visibility is `shared`. */
export class NotShared extends ImageRefusal {
  readonly code = 'NotShared';
  constructor(readonly imageId: string) {
    super(`Only shared images have members; image ${imageId} is not one.`);
  }
}

export class MemberExists extends ImageRefusal {
  readonly code = 'MemberExists';
  constructor(readonly imageId: string, readonly member: string) {
    super(`Member ${member} is duplicated for image ${imageId}`);
  }
}

export class MemberNotFound extends ImageRefusal {
  readonly code = 'MemberNotFound';
  constructor(readonly imageId: string, readonly member: string) {
    super(`${member} not found in the member list of the image ${imageId}.`);
  }
}

/** All images of one owner together would use more than `user_storage_quota`. */
export class StorageQuotaExceeded extends ImageRefusal {
  readonly code = 'StorageQuotaExceeded';
  constructor(readonly size: bigint, readonly remaining: bigint) {
    super(`Image exceeds the storage quota: The size of the data ${size} will exceed the limit. ${remaining} bytes remaining.`);
  }
}

/** The owner has `image_count_quota` images. */
export class ImageCountExceeded extends ImageRefusal {
  readonly code = 'ImageCountExceeded';
  constructor(readonly maximum: bigint) {
    super(`The owner has as many images as one owner may have (${maximum}). Delete one first.`);
  }
}

/** A limit that is registered in Keystone; amounts in its unit. */
export class ProjectOverLimit extends ImageRefusal {
  readonly code = 'ProjectOverLimit';
  constructor(readonly project: string, readonly resource: string, readonly limit: bigint, readonly usage: bigint, readonly delta: bigint) {
    super(`Project ${project} is over a limit for [Resource ${resource} is over limit of ${limit} due to current usage ${usage} and delta ${delta}]`);
  }
}

export class FormatsMissing extends ImageRefusal {
  readonly code = 'FormatsMissing';
  constructor(missing: readonly string[]) {
    super(`Properties ${missing.join(', ')} must be set prior to saving data.`);
  }
}

export class NotQueuedForFormatChange extends ImageRefusal {
  readonly code = 'NotQueuedForFormatChange';
  constructor(attribute: string, status: string) {
    super(`Attribute ${attribute} can be only replaced for a queued image; this one is ${status}.`);
  }
}

export class NotQueuedForUpload extends ImageRefusal {
  readonly code = 'NotQueuedForUpload';
  constructor(readonly imageId: string, readonly status: string, target: 'saving' | 'uploading' = 'saving') {
    super(`Image status transition from ${status} to ${target} is not allowed: the data of image ${imageId} can be written only while it is queued.`);
  }
}

export class ImageGoneDuringUpload extends ImageRefusal {
  readonly code = 'ImageGoneDuringUpload';
  constructor(readonly imageId: string) {
    super(`Image ${imageId} was deleted, or taken by another upload, before its data was whole; the data is removed.`);
  }
}

/** The data is of another format than the image says, or of several at once. */
export class FormatMismatch extends ImageRefusal {
  readonly code = 'FormatMismatch';
  constructor(readonly declared: string, readonly detected: readonly string[]) {
    const found = detected.length > 1 ? `several formats at once: ${detected.join(', ')}` : detected.join();
    super(`Image disk_format ${declared} does not match the data, which was detected as ${found}. Set disk_format to what the data is, or upload other data.`);
  }
}

/** The data would make who uses it read other files, or cannot be judged. */
export class UnsafeImage extends ImageRefusal {
  readonly code = 'UnsafeImage';
  constructor(readonly format: string, readonly failed: readonly { readonly name: string; readonly reason: string }[]) {
    super(`The data was detected as ${format} and failed its safety checks: ${failed.map(({ name, reason }) => `${name} (${reason})`).join(', ')}.`);
  }
}

export class NotActiveForDeactivation extends ImageRefusal {
  readonly code = 'NotActiveForDeactivation';
  constructor(verb: string, readonly status: string) {
    super(`Not allowed to ${verb} image in status '${status}'`);
  }
}

/** The image is not in a state in which its locations can be changed so. */
export class NotReadyForLocations extends ImageRefusal {
  readonly code = 'NotReadyForLocations';
  constructor(verb: string, readonly status: string) {
    super(`It's not allowed to ${verb} locations if image status is ${status}.`);
  }
}

/** The location cannot be one of the image's, whatever its state. */
export class InvalidLocation extends ImageRefusal {
  readonly code = 'InvalidLocation';
}

/** Hashes given with a location contradict each other, or those that the image has. */
export class ValidationDataConflict extends ImageRefusal {
  readonly code = 'ValidationDataConflict';
}

/** No store of that name is configured here. */
export class StoreNotEnabled extends ImageRefusal {
  readonly code = 'StoreNotEnabled';
  constructor(readonly store: string) {
    super(`The selected store ${store} is not available on this node.`);
  }
}

/** Stores have names only where several are configured. */
export class OneStoreOnly extends ImageRefusal {
  readonly code = 'OneStoreOnly';
  constructor() {
    super('Multi backend is not supported at this site.');
  }
}

export class NotInStore extends ImageRefusal {
  readonly code = 'NotInStore';
  constructor(readonly imageId: string, readonly store: string) {
    super(`Image ${imageId} is not stored in store ${store}.`);
  }
}

export class TagMissing extends ImageRefusal {
  readonly code = 'TagMissing';
  constructor(readonly tag: string) {
    super(`Tag ${tag} could not be found.`);
  }
}

/** There is nothing to download yet. */
export class NoData extends ImageRefusal {
  readonly code = 'NoData';
  constructor(readonly imageId: string) {
    super(`Image ${imageId} has no data yet.`);
  }
}

/** The bytes that came are not those that the client told of. */
export class ChecksumMismatch extends ImageRefusal {
  readonly code = 'ChecksumMismatch';
  constructor(readonly imageId: string, expected: string, found: string) {
    super(`Supplied checksum (${expected}) and checksum generated from uploaded image (${found}) did not match.`);
  }
}

/** The server is going down and gave up what was under way. */
export class ServiceStopping extends ImageRefusal {
  readonly code = 'ServiceStopping';
  constructor() {
    super('The service is stopping; try again.');
  }
}

export type ImageError =
  | ImageNotFound | ImageIdTaken | Forbidden | ImageProtected | PropertyExists | PropertyMissing | PropertyReserved | AttributeReadOnly
  | QuotaExceeded | StorageQuotaExceeded | ImageCountExceeded | ProjectOverLimit | NotShared | MemberExists | MemberNotFound | FormatsMissing | NotQueuedForFormatChange | NotQueuedForUpload
  | ImageGoneDuringUpload | ChecksumMismatch | FormatMismatch | UnsafeImage | NoData | ServiceStopping | NotActiveForDeactivation | NotReadyForLocations | InvalidLocation
  | ValidationDataConflict | ImportError | TagMissing | StoreNotEnabled | OneStoreOnly | NotInStore | DeletionError;
