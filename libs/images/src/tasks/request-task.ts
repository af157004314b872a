import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { CommandContext } from '#event-store';
import { redactUrl, Stores } from '#stores';
import { refuseReadOnly } from '../image-access.js';
import { InvalidLocation } from '../image/image.errors.js';
import { IMAGES_OPTIONS, type ImagesOptions } from '../images.options.js';
import { refuseBareCredentials } from '../kept-url.js';
import type { ImageDraft } from '../images.service.js';
import { TASK_PURPOSE } from './run-task.js';
import { RequestTask } from './task.decider.js';
import { TaskNotFound } from './task.errors.js';
import { taskOf } from './task.js';
import { TasksService, type ShownTask } from './tasks.service.js';

/** A task as a client asks for it (images-v2 §17). */
export interface AskedTask {
  readonly input: Readonly<Record<string, unknown>>;
  /** The image that its `image_properties` describe. */
  readonly image: ImageDraft;
}

/** Takes in what the Tasks API is asked to do; a job does it. */
@Injectable()
export class TaskRequests {
  constructor(
    private readonly bus: CommandBus,
    private readonly tasks: TasksService,
    private readonly stores: Stores,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  async request(context: CommandContext, { input, image }: AskedTask): Promise<ShownTask> {
    const { actor: { user, project: owner }, requestId } = context;
    refuseReadOnly(context.actor);
    const uri = await this.uriOf(input);
    const { id: imageId = randomUUID(), ...draft } = image;
    const taskId = randomUUID();
    const { state } = await this.bus.execute(new RequestTask(context, taskId, {
      type: 'import', owner, user, requestId, imageId,
      input: { ...input, import_from: this.shown(uri) },
      source: this.options.encryptLocation(uri),
      image: { ...draft },
    }));
    const task = taskOf(taskId, state);
    if (!task) throw new TaskNotFound(taskId);
    return this.tasks.withExpiry(task);
  }

  /** lp 2152110: by the filter that judges every other URI. */
  private async uriOf({ import_from: uri }: AskedTask['input']): Promise<string> {
    if (typeof uri !== 'string' || uri === '') throw new InvalidLocation(`Invalid location: ${uri === undefined ? 'None' : JSON.stringify(uri)}`);
    if (/^(?:file|filesystem):/i.test(uri)) throw new InvalidLocation('File based imports are not allowed. Please use a non-local source of image data.');
    if (!/^https?:\/\//i.test(uri)) throw new InvalidLocation("The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']");
    await this.stores.uriFilter.check(uri, TASK_PURPOSE);
    refuseBareCredentials(uri, this.options);
    return uri;
  }

  /** What is kept secret elsewhere is not told by a task: passwords never, and signed queries only where no key hides them. */
  private shown(uri: string): string {
    return this.options.locationsSealed ? redactUrl(uri).replace(/\?[^#]*/, '?***') : redactUrl(uri);
  }
}
