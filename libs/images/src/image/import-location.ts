import type { CommandContext } from '#event-store';
import { refuseMissingFormats } from './change-image.js';
import { LocationsDraft, type GivenLocation, type LocationTools } from './change-locations.js';
import { existing, ImageCommand } from './image-command.js';
import { ImageGoneDuringUpload } from './image.errors.js';
import { ImportUnderWay } from './import.errors.js';
import type { ImageDataHashed, ImageEvent } from './image.events.js';
import { imageOf, type Image, type LocatedData } from './image.js';
import type { ImageState } from './image.state.js';
import type { ImageImportRequested, Requester } from './import.events.js';
import type { ImageQuotas } from './quotas.js';

/** What is done about the hashes of the data at a place that somebody adds. */
export type Hashing =
  /** They are computed, and the image becomes active only with those that were given. */
  | 'before'
  /** They are computed when the image is active. */
  | 'after'
  /** Those that were given are taken as they are. */
  | 'never';

export interface LocationImport {
  readonly taskId: string;
  readonly location: GivenLocation;
  readonly hashing: Hashing;
  readonly input: ImageImportRequested['data']['input'];
  readonly by: Requester;
}

/** A queued image gets its data by a place that somebody names, as a task. */
export class ImportLocation extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly asked: LocationImport, readonly quotas: ImageQuotas, readonly tools: LocationTools) {
    super(context, imageId);
  }
}

export function importLocation(command: ImportLocation, state: ImageState): ImageEvent[] {
  const image = existing(command, state);
  const { asked: { taskId, location, hashing, input, by }, quotas, tools } = command;
  // A command that is sent again.
  if (image.imports.some((one) => one.taskId === taskId)) return [];
  if (image.openImport) throw new ImportUnderWay(image.id, image.openImport.taskId);
  new LocationsDraft(image, tools).take({ kind: 'location', op: 'add', location, onlyQueued: true }, quotas);
  refuseMissingFormats(image);
  const { store, url, metadata, size, validation } = location;
  const request = { taskId, method: 'location-import', uploadId: taskId, stores: [store], allStoresMustSucceed: true, input, by } as const;
  return [
    { type: 'ImageImportRequested', data: request },
    ...(hashing === 'before' ? [] : [referenced(image, url, size, tools.tellUrls)]),
    { type: 'ImageLocationAdded', data: { locationId: tools.newId(), store, url, metadata, uploadId: taskId } },
    ...(hashing === 'never' && validation ? [{ type: 'ImageDataHashed' as const, data: { checksum: null, ...validation } }] : []),
    ...(hashing === 'never' ? [{ type: 'ImageImportSucceeded' as const, data: { taskId, stores: [store] } }] : []),
  ];
}

/** `size` in bytes. */
export type MeasuredData = ImageDataHashed['data'] & { readonly size: number };

/** The data at the place was read, or could not be: then the hashes stay unknown, and `note` says why. */
export class FinishLocationImport extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly taskId: string, readonly result: MeasuredData | { readonly note: string }, readonly tellUrls: boolean) {
    super(context, imageId);
  }
}

export function finishLocationImport({ imageId, taskId, result, tellUrls }: FinishLocationImport, state: ImageState): ImageEvent[] {
  const image = imageOf(imageId, state);
  if (!image || image.openImport?.taskId !== taskId) return [];
  const waits = awaitsHashes(image);
  const place = image.locations.find(({ uploadId }) => uploadId === taskId);
  if (image.deletedAt !== null || (waits && (!place || 'note' in result))) throw new ImageGoneDuringUpload(imageId);
  const { stores } = image.openImport;
  if ('note' in result) return [{ type: 'ImageImportSucceeded', data: { taskId, stores, note: result.note } }];
  const { size, ...hashes } = result;
  return [
    ...(waits && place ? [referenced(image, place.url, size, tellUrls)] : []),
    ...(image.osHashValue === null ? [{ type: 'ImageDataHashed' as const, data: hashes }] : []),
    { type: 'ImageImportSucceeded', data: { taskId, stores } },
  ];
}

/** It becomes active only when the hashes are known. */
export const awaitsHashes = ({ status }: Image): boolean => status === 'queued' || status === 'importing';

const referenced = ({ diskFormat, containerFormat }: Image, url: LocatedData['url'], size: number, tellUrls: boolean): ImageEvent =>
  ({ type: 'ImageDataReferenced', data: { ...(tellUrls ? { url } : {}), size, diskFormat, containerFormat } });
