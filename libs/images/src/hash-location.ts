import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '#event-store';
import { BadLocation, DataNotFound, DataTooLarge, measure, SizeMismatch, Stores, UnknownStore, UriRefused } from '#stores';
import { ImageGoneDuringUpload, ProjectOverLimit, StorageQuotaExceeded } from './image/image.errors.js';
import type { Image, LocatedData } from './image/image.js';
import { FailImport, StartImport } from './image/import-data.js';
import { awaitsHashes, FinishLocationImport, type MeasuredData } from './image/import-location.js';
import type { ImageImport } from './image/imports.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { ImageList } from './read-model/image-list.js';
import { IMPORT_PROGRESS, type ImportProgress } from './tasks/import-progress.js';
import { TASKS_OPTIONS, type TasksOptions } from './tasks/task-parts.js';

/** Of these another try gets the same. */
const FINAL = [BadLocation, DataNotFound, DataTooLarge, SizeMismatch, UnknownStore, UriRefused, ImageGoneDuringUpload];
const REFUSALS = [StorageQuotaExceeded, ProjectOverLimit];
/** Between tries, and once more for each that failed. */
const PAUSE_MS = 500;
/** How soon it is noticed that the image was deleted, and how often it is told how far the reading is. */
const LOOK_MS = 1_000;

class HashMismatch extends Error {}

/** Reads and hashes what lies at a place that was added to an image (images-v2 §11.2). Reading changes nothing, so it may be done again. */
@Injectable()
export class HashLocation {
  private readonly logger = new Logger(HashLocation.name);

  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
    @Inject(TASKS_OPTIONS) private readonly tasks: TasksOptions,
    @Inject(IMPORT_PROGRESS) private readonly progress: ImportProgress,
  ) {}

  /** Ends the task, well or not; rejects only where that could not be done, or with the signal's reason. Harmless when the task has ended. */
  async run(context: CommandContext, imageId: string, taskId: string, signal: AbortSignal): Promise<void> {
    const image = await this.images.find(imageId);
    const task = image?.openImport;
    if (!image || task?.taskId !== taskId) return;
    await this.bus.execute(new StartImport(context, image.id, taskId));
    const measured = await this.attempts(image, task, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return reasonOf(error);
    });
    await (typeof measured === 'string' ? this.giveUp(context, image, taskId, measured) : this.finish(context, image, taskId, measured));
  }

  private async finish(context: CommandContext, image: Image, taskId: string, measured: MeasuredData): Promise<void> {
    try {
      await this.bus.execute(new FinishLocationImport(context, image.id, taskId, measured, !this.options.locationsSealed));
    } catch (error) {
      if (!REFUSALS.some((kind) => error instanceof kind) && !(error instanceof ImageGoneDuringUpload)) throw error;
      await this.fail(context, image, taskId, reasonOf(error));
    }
  }

  /** An active image stays that, without hashes. */
  private async giveUp(context: CommandContext, image: Image, taskId: string, reason: string): Promise<void> {
    const now = await this.images.find(image.id);
    if (!now || awaitsHashes(now) || now.deletedAt !== null) return this.fail(context, image, taskId, reason);
    this.logger.warn(`the data of image ${image.id} could not be hashed: ${reason}`);
    await this.bus.execute(new FinishLocationImport(context, image.id, taskId, { note: `The hashes could not be computed: ${reason}` }, false));
  }

  private async fail(context: CommandContext, image: Image, taskId: string, reason: string): Promise<void> {
    this.logger.warn(`the location of image ${image.id} was not taken: ${reason}`);
    await this.bus.execute(new FailImport(context, image.id, { taskId, reason, perStore: {} }));
  }

  private async attempts(image: Image, task: ImageImport, signal: AbortSignal): Promise<MeasuredData> {
    const place = image.deletedAt === null ? image.locations.find(({ uploadId }) => uploadId === task.taskId) : undefined;
    if (!place) throw new ImageGoneDuringUpload(image.id);
    for (let tries = 1; ; tries++) {
      try {
        return await this.watched(image, task, signal, (until, inspect) => this.measure(image, task, place, until, inspect));
      } catch (error) {
        signal.throwIfAborted();
        if (tries > this.tasks.hashRetries || error instanceof HashMismatch || FINAL.some((kind) => error instanceof kind)) throw error;
        this.logger.warn(`reading the data of image ${image.id} failed, try ${tries} of ${this.tasks.hashRetries + 1}: ${reasonOf(error)}`);
        await sleep(PAUSE_MS * tries, undefined, { signal });
      }
    }
  }

  private async measure(image: Image, { input }: ImageImport, { store, url }: LocatedData, signal: AbortSignal, inspect: (chunk: Buffer) => void): Promise<MeasuredData> {
    const { os_hash_algo: algorithm = this.options.hashingAlgorithm, os_hash_value: expected } = (input['validation_data'] ?? {}) as Readonly<Record<string, string | undefined>>;
    const measured = await measure(this.stores.byId(store), {
      url: this.options.decryptLocation(url), hashAlgorithm: algorithm, maxSize: this.options.imageSizeCap, signal, inspect,
      ...(image.size === null ? {} : { expectedSize: image.size }),
    });
    if (expected !== undefined && expected !== measured.osHashValue) {
      throw new HashMismatch(`os_hash_value (${expected}) does not match the ${algorithm} of the data at the location, ${measured.osHashValue}.`);
    }
    return measured;
  }

  /** Ends the work when the image is deleted meanwhile, and tells how far it is. */
  private async watched<T>({ id, size }: Image, { taskId, stores }: ImageImport, signal: AbortSignal, work: (signal: AbortSignal, inspect: (chunk: Buffer) => void) => Promise<T>): Promise<T> {
    const gone = new AbortController();
    let bytes = 0;
    const look = async () => {
      if ((await this.images.find(id))?.deletedAt !== null) gone.abort(new ImageGoneDuringUpload(id));
      else await this.progress.set(taskId, stores[0] ?? '', bytes, size ?? undefined);
    };
    const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
    try {
      return await work(AbortSignal.any([signal, gone.signal]), (chunk) => (bytes += chunk.length));
    } finally {
      clearInterval(timer);
    }
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
