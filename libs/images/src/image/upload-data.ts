import type { CommandContext } from '#event-store';
import { refuseMissingFormats } from './change-image.js';
import { existing, ImageCommand } from './image-command.js';
import { ImageGoneDuringUpload, NotQueuedForUpload } from './image.errors.js';
import type { ImageDataStored, ImageEvent, ImageLocationAdded, ImageUploadFailed, ImageUploadStarted } from './image.events.js';
import { imageOf } from './image.js';
import type { ImageState } from './image.state.js';
import { mayBecome } from './status-machine.js';

export class StartUpload extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly upload: ImageUploadStarted['data']) {
    super(context, imageId);
  }
}

export function startUpload(command: StartUpload, state: ImageState): [ImageUploadStarted] {
  const image = existing(command, state);
  const stages = command.upload.method === 'stage';
  const target = stages ? 'uploading' : 'saving';
  if (!mayBecome(image.status, target) || image.openImport) throw new NotQueuedForUpload(image.id, image.openImport ? 'importing' : image.status, target);
  // What is staged may get its formats before it is imported.
  if (!stages) refuseMissingFormats(image);
  return [{ type: 'ImageUploadStarted', data: command.upload }];
}

/** The bytes of an attempt are stored and published: the image becomes active. */
export class FinishUpload extends ImageCommand {
  constructor(
    context: CommandContext,
    imageId: string,
    readonly stored: Omit<ImageDataStored['data'], 'diskFormat' | 'containerFormat'>,
    readonly location: Omit<ImageLocationAdded['data'], 'uploadId'>,
  ) {
    super(context, imageId);
  }
}

export function finishUpload(command: FinishUpload, state: ImageState): [ImageDataStored, ImageLocationAdded] {
  const image = imageOf(command.imageId, state);
  const { stored, location } = command;
  if (!image || image.deletedAt !== null || image.openUpload !== stored.uploadId || image.status !== 'saving') throw new ImageGoneDuringUpload(command.imageId);
  return [
    { type: 'ImageDataStored', data: { ...stored, diskFormat: image.diskFormat, containerFormat: image.containerFormat } },
    { type: 'ImageLocationAdded', data: { ...location, uploadId: stored.uploadId } },
  ];
}

/** An attempt is over without data. Harmless for one that has ended already. */
export class FailUpload extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly failure: ImageUploadFailed['data']) {
    super(context, imageId);
  }
}

/** Ends an attempt, and a queued image for which none was begun: its client was told that it is lost. */
export class KillImage extends FailUpload {}

export function failUpload(command: FailUpload, state: ImageState): ImageEvent[] {
  const image = imageOf(command.imageId, state);
  if (command instanceof KillImage && image?.status === 'queued' && !image.openImport) return [{ type: 'ImageUploadFailed', data: command.failure }];
  if (image?.openUpload !== command.failure.uploadId || image.openImport) return [];
  return [{ type: 'ImageUploadFailed', data: command.failure }];
}
