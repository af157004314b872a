import type { Register } from '#event-store';
import type { ImageAttributes, ImageCreated, ImageDataHashed, ImageDataReferenced, ImageDataStored, ImageLocationAdded, ImageLocationRemoved, ImageRecordPurged, ImageUploadStarted, Visibility } from './image.events.js';
import type { ImportRecord } from './imports.js';
import type { ImageDataStaged } from './import.events.js';
import type { Membership } from './membership.js';

/** One try at writing the bytes, put together from its events in whatever order they came. */
export interface UploadAttempt {
  readonly started?: { readonly at: string; readonly stamp: string } & Omit<ImageUploadStarted['data'], 'uploadId'>;
  readonly failed?: { readonly reason: string; readonly outcome: 'queued' | 'killed'; readonly stamp: string };
  /** The latest counts: what was staged on a node that is gone may be staged again on another. */
  readonly staged?: Register<Omit<ImageDataStaged['data'], 'uploadId'>>;
}

export interface ImageLocation extends Omit<ImageLocationAdded['data'], 'locationId'> {
  readonly stamp: string;
}

export interface Deletion {
  readonly at: string;
  readonly scrubAfter?: string;
}

/**
 * What the events of one creation say. Every field merges in any order: registers by the greater stamp, first-wins facts
 * by the smaller, sets by union.
 */
export interface Incarnation {
  readonly created?: { readonly at: string; readonly stamp: string } & Pick<ImageCreated['data'], 'home' | 'declared' | 'spelling'>;
  readonly attributes: { readonly [K in keyof ImageAttributes]?: Register<ImageAttributes[K]> };
  readonly owner?: Register<string | null>;
  readonly visibility?: Register<Visibility>;
  /** null: removed. */
  readonly properties: Readonly<Record<string, Register<string | null>>>;
  readonly tags: Readonly<Record<string, Register<boolean>>>;
  /** By project. */
  readonly members: Readonly<Record<string, Membership>>;
  readonly data?: Register<ImageDataStored['data']>;
  readonly referenced?: Register<ImageDataReferenced['data']>;
  readonly hashed?: Register<ImageDataHashed['data']>;
  readonly deactivated?: Register<boolean>;
  /** One for good, without `scrubAfter`, counts before all that wait. */
  readonly deleted?: Register<Deletion>;
  readonly restored?: Register<true>;
  readonly attempts: Readonly<Record<string, UploadAttempt>>;
  /** By task. */
  readonly imports?: Readonly<Record<string, ImportRecord>>;
  readonly locations: Readonly<Record<string, ImageLocation>>;
  readonly removed: Readonly<Record<string, ImageLocationRemoved['data']['reason']>>;
  readonly purged: Readonly<Record<string, true>>;
  /** What came of encryption keys, by id. */
  readonly keys?: Readonly<Record<string, 'deleted' | 'kept'>>;
  /** How much of a deleted image an operator had taken out of the read model. */
  readonly recordPurged?: ImageRecordPurged['data']['extent'];
  /** Of the every-site event with the greatest stamp; those about members do not count. */
  readonly updated?: Register<string>;
}

/**
 * A client chooses ids, so two sites may create one id. The creation with the smallest stamp counts, everywhere; events
 * of another stay apart and never mix with it.
 */
export interface ImageState {
  readonly incarnations: Readonly<Record<string, Incarnation>>;
}

export const NEW_INCARNATION: Incarnation = {
  attributes: {}, properties: {}, tags: {}, members: {}, attempts: {}, locations: {}, removed: {}, purged: {},
};

export const NO_IMAGE: ImageState = { incarnations: {} };

export type CreatedIncarnation = Incarnation & Required<Pick<Incarnation, 'created' | 'owner' | 'visibility'>>;

/** The incarnation that counts, with its creation's event id. */
export function current(state: ImageState): { creation: string; image: CreatedIncarnation } | undefined {
  let found: { creation: string; image: CreatedIncarnation } | undefined;
  for (const [creation, image] of Object.entries(state.incarnations)) {
    if (isCreated(image) && (!found || image.created.stamp < found.image.created.stamp)) found = { creation, image };
  }
  return found;
}

const isCreated = (image: Incarnation): image is CreatedIncarnation => image.created !== undefined;
