import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { StreamReader, type CommandContext, type RecordedEvent } from '#event-store';
import { Stores } from '#stores';
import { ImageDataService } from '../image-data.service.js';
import { ChangeImage } from '../image/change-image.js';
import { DeleteImage } from '../image/delete-image.js';
import { ImageGoneDuringUpload, NotQueuedForUpload } from '../image/image.errors.js';
import type { ImageUploadFailed } from '../image/image.events.js';
import { streamOf, type Image } from '../image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from '../images.options.js';
import { ImagesService, type ImageDraft } from '../images.service.js';
import type { ImportSource } from '../import/import-help.js';
import { metered } from '../import/metered.js';
import { isPassing } from '../import/passing-failure.js';
import { locationTools } from '../location-tools.js';
import type { ImageList } from '../read-model/image-list.js';
import { IMPORT_PROGRESS, type ImportProgress } from './import-progress.js';
import { FailTask, StartTask, SucceedTask } from './task.decider.js';
import type { TaskRequested } from './task.events.js';
import { taskStreamOf, type TaskState } from './task.js';

export const TASK_PURPOSE = 'legacy import task';

/** Opens the data at a URI, each redirect of which passes the filter. */
export type OpenUri = (uri: string, purpose: string, signal: AbortSignal) => Promise<ImportSource>;

/** Without these Glance's tasks fail. */
const NEEDED = ['import_from', 'import_from_format', 'image_properties'];
const COMPLETE: readonly string[] = ['active', 'deactivated'];

/** What another process holds, or gave up, is tried again. */
class Busy extends Error {}

/** Does what a task of the Tasks API asked for: creates an image as the requester, and gives it the data at a URI. */
@Injectable()
export class RunTask {
  private readonly logger = new Logger(RunTask.name);

  constructor(
    private readonly bus: CommandBus,
    private readonly streams: StreamReader,
    private readonly service: ImagesService,
    private readonly data: ImageDataService,
    private readonly stores: Stores,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
    @Inject(IMPORT_PROGRESS) private readonly progress: ImportProgress,
  ) {}

  /** Ends the task, well or not, and goes on with what another process has begun. Rejects only where it is to be tried again. */
  async run(context: CommandContext, taskId: string, open: OpenUri, signal: AbortSignal): Promise<void> {
    const { state, events } = await this.streams.load<TaskState>(taskStreamOf(taskId));
    const request = events.find(({ type }) => type === 'TaskRequested') as RecordedEvent<TaskRequested> | undefined;
    if (!request || state.ended) return;
    await this.bus.execute(new StartTask(context, taskId));
    try {
      const image = await this.work(taskId, request, open, signal);
      await this.bus.execute(new SucceedTask(context, taskId, { image_id: image.id }));
    } catch (error) {
      signal.throwIfAborted();
      if (isPassing(error) || error instanceof Busy) throw error;
      await this.fail(context, taskId, request, error);
    }
  }

  /** First the image goes: whoever sees that the task failed sees nothing of it. */
  private async fail(context: CommandContext, taskId: string, request: RecordedEvent<TaskRequested>, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    this.logger.warn(`task ${taskId} failed: ${reason}`);
    await this.discard(context, request);
    await this.bus.execute(new FailTask(context, taskId, reason));
  }

  private async work(taskId: string, request: RecordedEvent<TaskRequested>, open: OpenUri, signal: AbortSignal): Promise<Image> {
    const missing = NEEDED.find((key) => !(key in request.data.input));
    if (missing !== undefined) throw new Error(`Input does not contain '${missing}' field`);
    const { actor, requestId, id: causationId, correlationId } = request.meta;
    const caller: CommandContext = { actor, requestId, causationId, ...(correlationId === null ? {} : { correlationId }) };
    const image = (await this.made(request)) ?? (await this.make(caller, request));
    if (image.deletedAt !== null) throw await this.whyGone(image);
    if (COMPLETE.includes(image.status)) return image;
    const source = await open(this.options.decryptLocation(request.data.source), TASK_PURPOSE, signal);
    await this.upload(caller, image, taskId, source);
    return image;
  }

  private async make(caller: CommandContext, request: RecordedEvent<TaskRequested>): Promise<Image> {
    try {
      return await this.service.create(caller, { ...(request.data.image as ImageDraft), id: request.data.imageId });
    } catch (error) {
      if (await this.made(request)) throw new Busy('Another process is at it.');
      throw error;
    }
  }

  /** The image, where this task has made it. */
  private async made({ data: { imageId }, meta }: RecordedEvent<TaskRequested>): Promise<Image | undefined> {
    const image = await this.images.find(imageId);
    const [creation] = image ? (await this.streams.load(streamOf(imageId))).events : [];
    return creation?.meta.causationId === meta.id ? image : undefined;
  }

  /** By somebody, or by this task when it was killed at its end. */
  private async whyGone({ id }: Image): Promise<Error> {
    const { events } = await this.streams.load(streamOf(id));
    const failed = events.findLast(({ type }) => type === 'ImageUploadFailed') as RecordedEvent<ImageUploadFailed> | undefined;
    return failed ? new Error(failed.data.reason) : new ImageGoneDuringUpload(id);
  }

  private async upload(caller: CommandContext, image: Image, taskId: string, { body, size }: ImportSource): Promise<void> {
    try {
      await this.data.upload(caller, image.id, { source: metered(body, (bytes) => this.tell(taskId, bytes, size)), ...(size === undefined ? {} : { size }) });
    } catch (error) {
      const now = await this.images.find(image.id);
      const another = error instanceof NotQueuedForUpload || error instanceof ImageGoneDuringUpload;
      if (another && now?.deletedAt === null) throw new Busy(reasonOf(error));
      throw error;
    }
  }

  /** Only shown: what is lost comes again. */
  private tell(taskId: string, bytes: number, size: number | undefined): void {
    this.progress.set(taskId, this.stores.default.id, bytes, size).catch(() => undefined);
  }

  /** CVE-2014-9684, CVE-2015-3289: no image stays of a task that failed, and no byte of it. */
  private async discard(context: CommandContext, request: RecordedEvent<TaskRequested>): Promise<void> {
    const image = await this.made(request);
    if (!image || image.deletedAt !== null) return;
    if (image.protected) {
      const unprotect = { kind: 'attribute', name: 'protected', value: false } as const;
      await this.bus.execute(new ChangeImage(context, image.id, [unprotect], this.options.quotas, locationTools(this.options, this.stores)));
    }
    await this.bus.execute(new DeleteImage(context, image.id));
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
