import type { DomainEvent } from '#event-store';
import type { ImportEvent } from './import.events.js';

export type Visibility = 'public' | 'private' | 'shared' | 'community';

/** Attributes that are one last-writer-wins register each, beside owner and visibility. */
export interface ImageAttributes {
  name: string | null;
  diskFormat: string | null;
  containerFormat: string | null;
  /** GB */
  minDisk: number;
  /** MB */
  minRam: number;
  protected: boolean;
  hidden: boolean;
}

export type ImageCreated = DomainEvent<'ImageCreated', ImageAttributes & {
  /** The id as the client spelled it, where that is not lower case; the stream's name always is. */
  spelling?: string;
  owner: string | null;
  visibility: Visibility;
  properties: Record<string, string>;
  tags: string[];
  /** What the creator said of the data to come. */
  declared: { size?: number; checksum?: string };
  /** The site through which the bytes are written. */
  home: string;
}>;
export type ImageAttributesChanged = DomainEvent<'ImageAttributesChanged', { set: Partial<ImageAttributes> }>;
export type ImageVisibilityChanged = DomainEvent<'ImageVisibilityChanged', { visibility: Visibility }>;
export type ImageOwnerChanged = DomainEvent<'ImageOwnerChanged', { owner: string | null }>;
export type ImagePropertiesChanged = DomainEvent<'ImagePropertiesChanged', { set: Record<string, string>; removed: string[] }>;
export type ImageTagsChanged = DomainEvent<'ImageTagsChanged', { added: string[]; removed: string[] }>;

export type MemberStatus = 'pending' | 'accepted' | 'rejected';
/** A project may use the image and is asked whether it wants to; one that is shared with again is asked again. */
export type ImageShared = DomainEvent<'ImageShared', {
  member: string;
  /** The member may share it further (Images API v1). */
  canShare?: boolean;
}>;
export type ImageMembershipDecided = DomainEvent<'ImageMembershipDecided', { member: string; status: MemberStatus }>;
export type ImageUnshared = DomainEvent<'ImageUnshared', { member: string }>;

/** Applied on every site: makes the image active everywhere and freezes the formats. Sizes in bytes, hashes in hex. */
export type ImageDataStored = DomainEvent<'ImageDataStored', {
  uploadId: string;
  size: number;
  virtualSize: number | null;
  checksum: string;
  osHashAlgo: string;
  osHashValue: string;
  diskFormat: string | null;
  containerFormat: string | null;
}>;
/**
 * The data lies where a client said and was not written through us: active everywhere. `url` only where every site may
 * know it: without credentials, and with no `metadata_encryption_key` to hide it.
 */
export type ImageDataReferenced = DomainEvent<'ImageDataReferenced', {
  url?: string;
  size: number | null;
  /** Bytes that a disk of it takes, where that was found out elsewhere. */
  virtualSize?: number;
  /** MD5, hex, of data that came without the other hash: that of an installation that was adopted. */
  checksum?: string;
  diskFormat: string | null;
  containerFormat: string | null;
}>;
/** Hashes of data that was not hashed while it was stored; those a client vouches for, or computed later. */
export type ImageDataHashed = DomainEvent<'ImageDataHashed', { checksum: string | null; osHashAlgo: string; osHashValue: string }>;
export type ImageDeactivated = DomainEvent<'ImageDeactivated', Record<never, never>>;
export type ImageReactivated = DomainEvent<'ImageReactivated', Record<never, never>>;
/** With `scrubAfter` (ISO 8601) the data stays until a scrubber takes it. */
export type ImageDeleted = DomainEvent<'ImageDeleted', { scrubAfter?: string }>;
/** A deletion that waited for a scrubber is taken back, before any data went: the image is what it was. */
export type ImageRestored = DomainEvent<'ImageRestored', Record<never, never>>;

export type ImageUploadStarted = DomainEvent<'ImageUploadStarted', {
  uploadId: string;
  /** `stage`: the bytes wait for an import. */
  method: 'upload' | 'stage';
  store: string;
  declaredSize?: number;
}>;
export type ImageUploadFailed = DomainEvent<'ImageUploadFailed', { uploadId: string; reason: string; outcome: 'queued' | 'killed' }>;
export type ImageLocationAdded = DomainEvent<'ImageLocationAdded', {
  locationId: string;
  store: string;
  /** Encrypted where a key is configured; never with credentials otherwise. */
  url: string;
  metadata: Record<string, unknown>;
  uploadId?: string;
}>;
/** `removed`: its bytes are to go, by a job. `replaced`: the same place is added again, in another order or with other metadata. */
export type ImageLocationRemoved = DomainEvent<'ImageLocationRemoved', { locationId: string; reason: 'removed' | 'replaced' }>;
/** The stores confirmed that the bytes are gone (staged ones by their upload's id); ends the work that ImageDeleted or ImageLocationRemoved began. */
export type ImageDataPurged = DomainEvent<'ImageDataPurged', { locationIds: string[] }>;

/** The key that the data was encrypted with is gone from the key manager, with the image. */
export type ImageEncryptionKeyDeleted = DomainEvent<'ImageEncryptionKeyDeleted', { keyId: string }>;
/** It stays there: nobody who would delete it may. */
export type ImageEncryptionKeyKept = DomainEvent<'ImageEncryptionKeyKept', { keyId: string; reason: string }>;

/**
 * An operator had what is kept of a deleted image taken out of the read model: its properties, tags and members, or its whole row. Its
 * events stay, and its id is never given again.
 */
export type ImageRecordPurged = DomainEvent<'ImageRecordPurged', { extent: 'details' | 'row' }>;

export type ImageEvent =
  | ImageCreated | ImageAttributesChanged | ImageVisibilityChanged | ImageOwnerChanged | ImagePropertiesChanged
  | ImageTagsChanged | ImageShared | ImageMembershipDecided | ImageUnshared
  | ImageDataStored | ImageDataReferenced | ImageDataHashed | ImageDeactivated | ImageReactivated
  | ImageDeleted | ImageRestored | ImageUploadStarted | ImageUploadFailed | ImageLocationAdded | ImageLocationRemoved | ImageDataPurged
  | ImageEncryptionKeyDeleted | ImageEncryptionKeyKept | ImageRecordPurged
  | ImportEvent;

/** Current version of each type's data; older ones are brought up by `image.upcasts.ts`. */
export const IMAGE_EVENT_VERSIONS: Readonly<Record<ImageEvent['type'], number>> = {
  ImageCreated: 1,
  ImageAttributesChanged: 1,
  ImageVisibilityChanged: 1,
  ImageOwnerChanged: 1,
  ImagePropertiesChanged: 1,
  ImageTagsChanged: 1,
  ImageShared: 1,
  ImageMembershipDecided: 1,
  ImageUnshared: 1,
  ImageDataStored: 1,
  ImageDataReferenced: 1,
  ImageDataHashed: 1,
  ImageDeactivated: 1,
  ImageReactivated: 1,
  ImageDeleted: 1,
  ImageRestored: 1,
  ImageUploadStarted: 1,
  ImageUploadFailed: 1,
  ImageLocationAdded: 1,
  ImageLocationRemoved: 1,
  ImageDataPurged: 1,
  ImageEncryptionKeyDeleted: 1,
  ImageEncryptionKeyKept: 1,
  ImageRecordPurged: 1,
  ImageDataStaged: 1,
  ImageImportRequested: 1,
  ImageImportStarted: 1,
  ImageImportSucceeded: 1,
  ImageImportFailed: 1,
};

/** `every-site` events are replicated and folded everywhere; `this-site` ones concern only where they happened. */
export const IMAGE_EVENT_SCOPES: Readonly<Record<ImageEvent['type'], 'every-site' | 'this-site'>> = {
  ImageCreated: 'every-site',
  ImageAttributesChanged: 'every-site',
  ImageVisibilityChanged: 'every-site',
  ImageOwnerChanged: 'every-site',
  ImagePropertiesChanged: 'every-site',
  ImageTagsChanged: 'every-site',
  ImageShared: 'every-site',
  ImageMembershipDecided: 'every-site',
  ImageUnshared: 'every-site',
  ImageDataStored: 'every-site',
  ImageDataReferenced: 'every-site',
  ImageDataHashed: 'every-site',
  ImageDeactivated: 'every-site',
  ImageReactivated: 'every-site',
  ImageDeleted: 'every-site',
  ImageRestored: 'every-site',
  ImageUploadStarted: 'this-site',
  ImageUploadFailed: 'this-site',
  ImageLocationAdded: 'this-site',
  ImageLocationRemoved: 'this-site',
  ImageDataPurged: 'this-site',
  ImageEncryptionKeyDeleted: 'this-site',
  ImageEncryptionKeyKept: 'this-site',
  ImageRecordPurged: 'this-site',
  ImageDataStaged: 'this-site',
  ImageImportRequested: 'this-site',
  ImageImportStarted: 'this-site',
  ImageImportSucceeded: 'this-site',
  ImageImportFailed: 'this-site',
};
