import type { CommandContext } from '#event-store';
import { existing, ImageCommand } from './image-command.js';
import { ImageGoneDuringUpload } from './image.errors.js';
import { ImportNeedsFormats, ImportUnderWay, NotReadyForImport } from './import.errors.js';
import type { ImageAttributes, ImageDataStored, ImageEvent, ImageLocationAdded } from './image.events.js';
import type { ImageDataStaged, ImageImportFailed, ImageImportRequested, ImageImportStarted, ImageImportSucceeded, ImportMethod } from './import.events.js';
import { imageOf, type Image, type ImageStatus } from './image.js';
import type { ImageState } from './image.state.js';
import type { ImageImport } from './imports.js';

/** The status that an image must have (images-v2 §9.1). */
export const STATUS_FOR: Readonly<Record<ImportMethod, ImageStatus>> = {
  'glance-direct': 'uploading',
  'web-download': 'queued',
  'glance-download': 'queued',
  'copy-image': 'active',
  'location-import': 'queued',
  'copy-from': 'queued',
};

/** The bytes of an attempt are whole in the staging area. */
export class FinishStaging extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly staged: ImageDataStaged['data']) {
    super(context, imageId);
  }
}

/** Of an upload that stages, or of an import that fetches its bytes first. */
export function finishStaging({ imageId, staged }: FinishStaging, state: ImageState): [ImageDataStaged] {
  const image = imageOf(imageId, state);
  const wanted = image && image.deletedAt === null && (image.openImport?.uploadId ?? image.openUpload) === staged.uploadId;
  if (!wanted) throw new ImageGoneDuringUpload(imageId);
  return [{ type: 'ImageDataStaged', data: staged }];
}

export class RequestImport extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly request: Omit<ImageImportRequested['data'], 'uploadId' | 'node'> & { readonly node?: string }) {
    super(context, imageId);
  }
}

export function requestImport(command: RequestImport, state: ImageState): ImageImportRequested[] {
  const image = existing(command, state);
  const { request } = command;
  // A command that is sent again.
  if (image.imports.some(({ taskId }) => taskId === request.taskId)) return [];
  refuseImport(image, request.method);
  const uploadId = request.method === 'glance-direct' ? image.staged?.uploadId : request.taskId;
  if (uploadId === undefined) throw new NotReadyForImport(request.method, 'still being staged');
  const node = image.staged?.node ?? request.node;
  return [{ type: 'ImageImportRequested', data: { ...request, uploadId, ...(node === undefined ? {} : { node }) } }];
}

/** In the order in which clients are told. */
export function refuseImport(image: Image, method: ImportMethod): void {
  if (image.openImport) throw new ImportUnderWay(image.id, image.openImport.taskId);
  if (image.status !== STATUS_FOR[method]) throw new NotReadyForImport(method, image.status);
  if (!image.containerFormat) throw new ImportNeedsFormats('container_format');
  if (!image.diskFormat) throw new ImportNeedsFormats('disk_format');
}

/** A process takes the import up; another may have done so and died. */
export class StartImport extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly taskId: string) {
    super(context, imageId);
  }
}

export function startImport({ imageId, taskId }: StartImport, state: ImageState): ImageImportStarted[] {
  return openImport(imageOf(imageId, state), taskId) ? [{ type: 'ImageImportStarted', data: { taskId } }] : [];
}

/** What is known of the bytes once a store has them; formats as the plugins left them. */
export type ImportedData = Omit<ImageDataStored['data'], 'uploadId'>;

type NewLocation = Omit<ImageLocationAdded['data'], 'uploadId'>;

/** A store of several has the bytes, and the image is active with it although others are still to come. */
export class StoreImported extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly taskId: string, readonly location: NewLocation, readonly data: ImportedData) {
    super(context, imageId);
  }
}

export function storeImported({ imageId, taskId, location, data }: StoreImported, state: ImageState): ImageEvent[] {
  const image = imageOf(imageId, state);
  const open = openImport(image, taskId);
  if (!image || !open || image.deletedAt !== null) throw new ImageGoneDuringUpload(imageId);
  return [...activation(image, open, data), ...additions(open, [location])];
}

const activation = (image: Image, { uploadId }: ImageImport, data: ImportedData | undefined): ImageEvent[] =>
  (data && image.status === 'importing' ? [{ type: 'ImageDataStored', data: { uploadId, ...data } }] : []);

const additions = ({ uploadId, storedIn }: ImageImport, locations: readonly NewLocation[]): ImageEvent[] =>
  locations.filter(({ store }) => !storedIn.includes(store)).map((location) => ({ type: 'ImageLocationAdded', data: { ...location, uploadId } }));

/** What an import leaves beside its end. */
export interface ImportOutcome {
  readonly locations?: readonly NewLocation[];
  /** Makes an importing image active. */
  readonly data?: ImportedData;
  /** What the plugins, or the source, have set. */
  readonly attributes?: Partial<ImageAttributes>;
  readonly properties?: Readonly<Record<string, string>>;
}

/** Every store has the bytes, or all but those that could be missed. */
export class FinishImport extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly result: ImageImportSucceeded['data'], readonly outcome: ImportOutcome = {}) {
    super(context, imageId);
  }
}

export function finishImport({ imageId, result, outcome }: FinishImport, state: ImageState): ImageEvent[] {
  const image = imageOf(imageId, state);
  const open = openImport(image, result.taskId);
  if (!image || !open) return [];
  if (image.deletedAt !== null) throw new ImageGoneDuringUpload(imageId);
  const { locations = [], data, attributes = {}, properties = {} } = outcome;
  return [
    ...(Object.keys(attributes).length > 0 ? [{ type: 'ImageAttributesChanged' as const, data: { set: attributes } }] : []),
    ...(Object.keys(properties).length > 0 ? [{ type: 'ImagePropertiesChanged' as const, data: { set: { ...properties }, removed: [] } }] : []),
    ...activation(image, open, data),
    ...additions(open, locations),
    { type: 'ImageImportSucceeded', data: result },
  ];
}

/** An import is over without success: no place of its stays, and the attempt whose bytes were staged is over too. */
export class FailImport extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly failure: ImageImportFailed['data']) {
    super(context, imageId);
  }
}

export function failImport({ imageId, failure }: FailImport, state: ImageState): ImageEvent[] {
  const image = imageOf(imageId, state);
  const open = openImport(image, failure.taskId);
  if (!image || !open) return [];
  // An image that became active with a copy keeps it: nobody takes data away that is in use.
  const undone = image.deletedAt === null && (open.method === 'copy-image' || !ACTIVE.includes(image.status));
  const added = undone ? image.locations.filter(({ uploadId }) => uploadId === open.uploadId) : [];
  const { uploadId } = open;
  // What a client of version 1 gave up to us in the background has failed for good.
  const killed = open.method === 'copy-from' && image.deletedAt === null;
  const over = killed || image.openUpload === uploadId;
  return [
    ...added.map(({ id }): ImageEvent => ({ type: 'ImageLocationRemoved', data: { locationId: id, reason: 'removed' } })),
    ...(over ? [{ type: 'ImageUploadFailed' as const, data: { uploadId, reason: failure.reason, outcome: killed ? ('killed' as const) : ('queued' as const) } }] : []),
    { type: 'ImageImportFailed', data: failure },
  ];
}

const ACTIVE: readonly ImageStatus[] = ['active', 'deactivated'];

const openImport = (image: Image | undefined, taskId: string): ImageImport | undefined =>
  (image?.openImport?.taskId === taskId ? image.openImport : undefined);
