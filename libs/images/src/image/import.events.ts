import type { DomainEvent } from '#event-store';

/** Glance's names, and two of ours: for a location that is read and hashed after it was added, and for the `copy_from` of the Images API v1. */
export type ImportMethod = 'glance-direct' | 'web-download' | 'glance-download' | 'copy-image' | 'location-import' | 'copy-from';

/** Whose request an import goes back to: what a task tells of it, and whose rights it has. */
export interface Requester {
  readonly user: string | null;
  readonly project: string | null;
  readonly roles: readonly string[];
  readonly admin: boolean;
  readonly requestId: string | null;
}

/** The bytes of an attempt wait in a staging area until they are imported. */
export type ImageDataStaged = DomainEvent<'ImageDataStaged', {
  uploadId: string;
  /** Bytes */
  size: number;
  store: string;
  /** Encrypted like a location's. */
  url: string;
  /** The node on whose own disk they are; absent: any can read them. */
  node?: string;
  /** Where that node serves this API, for others to hand requests on to. */
  nodeUrl?: string;
}>;
/** An import is to happen, by a job: from now on nobody else may give the image data. */
export type ImageImportRequested = DomainEvent<'ImageImportRequested', {
  taskId: string;
  method: ImportMethod;
  /** Whose bytes: those staged before, or as a new attempt. */
  uploadId: string;
  stores: readonly string[];
  /** The image becomes active when all stores have it, and goes back where one cannot; else with the first that has it. */
  allStoresMustSucceed: boolean;
  /** The request's body, its secrets left out. */
  input: Readonly<Record<string, unknown>>;
  /** A URI whose secrets must be kept: encrypted like a location's. */
  source?: string;
  by: Requester;
  /** The only node that can do it. */
  node?: string;
}>;
export type ImageImportStarted = DomainEvent<'ImageImportStarted', { taskId: string }>;
/** Ends the work of ImageImportRequested. */
export type ImageImportSucceeded = DomainEvent<'ImageImportSucceeded', {
  taskId: string;
  stores: readonly string[];
  /** Why, by store, where some could be missed. */
  failed?: Readonly<Record<string, string>>;
  /** What was left undone. */
  note?: string;
}>;
/** Ends it too: what was stored goes by jobs, and an image that had no data before is queued again. */
export type ImageImportFailed = DomainEvent<'ImageImportFailed', {
  taskId: string;
  reason: string;
  perStore: Readonly<Record<string, string>>;
}>;

export type ImportEvent = ImageDataStaged | ImageImportRequested | ImageImportStarted | ImageImportSucceeded | ImageImportFailed;
