import type { ImageImportFailed, ImageImportRequested, ImageImportSucceeded, ImportEvent } from './import.events.js';
import { newer, older, type Register } from '#event-store';
import type { CreatedIncarnation, Incarnation } from './image.state.js';

interface At {
  readonly at: string;
  readonly stamp: string;
}

type Ended = { readonly outcome: 'success'; readonly data: ImageImportSucceeded['data'] } | { readonly outcome: 'failure'; readonly data: ImageImportFailed['data'] };

/** One import, put together from its events in whatever order they came. */
export interface ImportRecord {
  readonly requested?: At & ImageImportRequested['data'];
  readonly started?: At;
  /** By stamp: each time that a process took it up. */
  readonly starts?: Readonly<Record<string, true>>;
  /** The first end counts. */
  readonly ended?: Register<{ readonly at: string } & Ended>;
}

type Request = ImageImportRequested['data'];

/** An import as everybody outside the fold sees it: the image's tasks are made of it. Times ISO 8601 with ms. */
export interface ImageImport extends Request {
  readonly requestedAt: string;
  readonly startedAt: string | null;
  /** How often a process took it up: once, unless one died or was stopped. */
  readonly starts: number;
  readonly endedAt: string | null;
  readonly outcome: 'pending' | 'processing' | 'success' | 'failure';
  /** Why it failed, or what it left undone. */
  readonly reason: string | null;
  /** Stores that have the data by it. */
  readonly storedIn: readonly string[];
  /** Why not, by store. */
  readonly failed: Readonly<Record<string, string>>;
}

export function evolveImports(image: Incarnation, event: ImportEvent, at: string, stamp: string): Incarnation {
  if (event.type === 'ImageDataStaged') {
    const { uploadId, ...staged } = event.data;
    const before = image.attempts[uploadId];
    return { ...image, attempts: { ...image.attempts, [uploadId]: { ...before, staged: newer(before?.staged, { value: staged, stamp }) } } };
  }
  const { taskId } = event.data;
  const before = image.imports?.[taskId] ?? {};
  return { ...image, imports: { ...image.imports, [taskId]: { ...before, ...part(before, event, at, stamp) } } };
}

function part(before: ImportRecord, event: Exclude<ImportEvent, { type: 'ImageDataStaged' }>, at: string, stamp: string): ImportRecord {
  switch (event.type) {
    case 'ImageImportRequested':
      return { requested: { at, stamp, ...event.data } };
    case 'ImageImportStarted':
      return { started: before.started && before.started.stamp < stamp ? before.started : { at, stamp }, starts: { ...before.starts, [stamp]: true } };
    case 'ImageImportSucceeded':
      return { ended: older(before.ended, { value: { at, outcome: 'success', data: event.data }, stamp }) };
    case 'ImageImportFailed':
      return { ended: older(before.ended, { value: { at, outcome: 'failure', data: event.data }, stamp }) };
  }
}

/** In the order in which they were requested. */
export function importsOf(image: CreatedIncarnation): ImageImport[] {
  const records = Object.values(image.imports ?? {}).flatMap((one) => (one.requested ? [{ ...one, requested: one.requested }] : []));
  return records.toSorted((a, b) => (a.requested.stamp < b.requested.stamp ? -1 : 1)).map((one) => importOf(one, image));
}

function importOf({ requested, started, starts = {}, ended }: ImportRecord & Required<Pick<ImportRecord, 'requested'>>, image: CreatedIncarnation): ImageImport {
  const { at, stamp: _stamp, ...request } = requested;
  const end = ended?.value;
  return {
    ...request,
    requestedAt: at,
    startedAt: started?.at ?? null,
    starts: Object.keys(starts).length,
    endedAt: end?.at ?? null,
    outcome: end?.outcome ?? (started ? 'processing' : 'pending'),
    reason: (end?.outcome === 'failure' ? end.data.reason : end?.data.note) ?? null,
    storedIn: end ? (end.outcome === 'success' ? end.data.stores : []) : storesWith(image, request.uploadId),
    failed: end ? (end.outcome === 'success' ? (end.data.failed ?? {}) : end.data.perStore) : {},
  };
}

const storesWith = (image: CreatedIncarnation, uploadId: string): string[] =>
  Object.entries(image.locations).flatMap(([id, location]) => (location.uploadId === uploadId && image.removed[id] === undefined ? [location.store] : []));

/** The import that holds the image now. */
export const openImportOf = (imports: readonly ImageImport[]): ImageImport | null => imports.findLast(({ endedAt }) => endedAt === null) ?? null;

/** What clients poll: stores that an import is still to reach, and those that the last one of each could not. */
export function importProgress(imports: readonly ImageImport[]): { readonly taskId: string | null; readonly pending: readonly string[]; readonly failed: readonly string[] } {
  const open = openImportOf(imports);
  const failed = new Set<string>();
  for (const one of imports) {
    for (const store of one.stores) failed.delete(store);
    for (const store of Object.keys(one.failed)) failed.add(store);
  }
  return {
    taskId: open?.taskId ?? null,
    pending: open ? open.stores.filter((store) => !open.storedIn.includes(store)).toSorted() : [],
    failed: [...failed].toSorted(),
  };
}
