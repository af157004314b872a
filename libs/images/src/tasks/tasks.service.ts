import { Inject, Injectable } from '@nestjs/common';
import type { PolicyRule } from '#access';
import type { CommandContext } from '#event-store';
import { ImageAccess } from '../image-access.js';
import { Forbidden } from '../image/image.errors.js';
import { IMPORT_PROGRESS, type ImportProgress, type StoreProgress } from './import-progress.js';
import { isExpired, seesTask, TASK_LIST, type TaskList, type TaskQuery } from './task-list.js';
import { TaskNotFound } from './task.errors.js';
import { TASKS_OPTIONS, type TasksOptions } from './task-parts.js';
import type { Task } from './task.js';

/** A task as a caller is told of it. */
export interface ShownTask extends Task {
  /** ISO 8601; null: it has not ended. */
  readonly expiresAt: string | null;
  /** 0 to 100, where somebody knows it. */
  readonly progress?: number;
}

export interface TaskPage {
  readonly tasks: readonly ShownTask[];
  /** Marker of the next page, where this one is full. */
  readonly next?: string;
}

const HOUR_MS = 3_600_000;
const MIB = 1024 * 1024;

/** Who may see which tasks. */
@Injectable()
export class TasksService {
  constructor(
    private readonly access: ImageAccess,
    @Inject(TASK_LIST) private readonly tasks: TaskList,
    @Inject(IMPORT_PROGRESS) private readonly progress: ImportProgress,
    @Inject(TASKS_OPTIONS) private readonly options: TasksOptions,
  ) {}

  /** Those that the caller may see of an image that it may see, the oldest first. */
  async ofImage({ actor }: CommandContext, imageId: string): Promise<readonly ShownTask[]> {
    const image = await this.access.find(actor, imageId);
    const tasks = (await this.tasks.ofImage(image.id)).filter((task) => seesTask(actor, task) && !isExpired(task, this.endedAfter()));
    return Promise.all(tasks.map(async (task) => ({ ...(await this.shown(task)), imageId: image.id })));
  }

  async list({ actor }: CommandContext, query: Omit<TaskQuery, 'viewer' | 'endedAfter'>): Promise<TaskPage> {
    this.permit(actor, 'get_tasks');
    const found = await this.tasks.list({ ...query, viewer: { admin: actor.admin, project: actor.project }, endedAfter: this.endedAfter() });
    const last = found.at(-1);
    const tasks = found.map((task) => this.withExpiry(task));
    return last && found.length === query.limit ? { tasks, next: last.id } : { tasks };
  }

  async show({ actor }: CommandContext, id: string): Promise<ShownTask> {
    this.permit(actor, 'get_task');
    const task = await this.tasks.find(id);
    if (!task || !seesTask(actor, task) || isExpired(task, this.endedAfter())) throw new TaskNotFound(id);
    return this.shown(task);
  }

  /** `Forbidden` where the caller may not use the Tasks API, or not so. */
  permit(actor: CommandContext['actor'], rule: PolicyRule): void {
    for (const one of ['tasks_api_access', rule] as const) {
      if (!this.access.allows(one, actor, {})) throw new Forbidden(`You are not authorized to complete ${one} action.`);
    }
  }

  private endedAfter(): string {
    return new Date(Date.now() - this.options.timeToLive * HOUR_MS).toISOString();
  }

  withExpiry(task: Task): ShownTask {
    const { endedAt } = task;
    return { ...task, expiresAt: endedAt === null ? null : new Date(Date.parse(endedAt) + this.options.timeToLive * HOUR_MS).toISOString() };
  }

  private async shown(task: Task): Promise<ShownTask> {
    const shown = this.withExpiry(task);
    if (task.endedAt !== null) return task.status === 'success' ? { ...shown, progress: 100 } : shown;
    const stores = await this.progress.of(task.id);
    const copied = stores.reduce((sum, { bytes }) => sum + bytes, 0);
    const progress = overall(task, stores);
    return {
      ...shown,
      ...(stores.length > 0 ? { message: `Copied ${Math.floor(copied / MIB)} MiB` } : {}),
      ...(progress === undefined ? {} : { progress }),
    };
  }
}

/** Of all the stores that it writes to; undefined while the size of one is not known. */
function overall({ stores: wanted, status }: Task, stores: readonly StoreProgress[]): number | undefined {
  if (stores.length === 0) return status === 'pending' ? 0 : undefined;
  const known = stores.flatMap(({ percentage }) => percentage ?? []);
  if (known.length < stores.length) return undefined;
  return Math.round((known.reduce((sum, one) => sum + one, 0) / Math.max(wanted.length, stores.length)) * 10) / 10;
}
