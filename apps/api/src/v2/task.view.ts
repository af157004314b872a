import type { ShownTask } from '#images';
import { time } from './image.view.js';

const link = (id: string): string => `/v2/tasks/${id}`;

/** A task as lists have it (images-v2 §17). */
export const taskStub = (task: ShownTask): Record<string, unknown> => ({
  id: task.id,
  type: task.type,
  status: task.status,
  owner: task.owner,
  ...(task.expiresAt === null ? {} : { expires_at: time(task.expiresAt) }),
  created_at: time(task.createdAt),
  updated_at: time(task.updatedAt),
  self: link(task.id),
  schema: '/v2/schemas/task',
});

/** The whole document of a task. */
export const taskView = (task: ShownTask): Record<string, unknown> => ({
  id: task.id,
  input: task.input,
  type: task.type,
  status: task.status,
  owner: task.owner,
  message: task.message ?? '',
  result: task.result,
  created_at: time(task.createdAt),
  updated_at: time(task.updatedAt),
  self: link(task.id),
  schema: '/v2/schemas/task',
  ...(task.imageId === null ? {} : { image_id: task.imageId }),
  ...(task.requestId === null ? {} : { request_id: task.requestId }),
  ...(task.user === null ? {} : { user_id: task.user }),
  ...(task.expiresAt === null ? {} : { expires_at: time(task.expiresAt) }),
});

/** A task of an image (images-v2 §9.5): times have fractions and no zone. `progress` is ours. */
export const imageTaskView = (task: ShownTask): Record<string, unknown> => ({
  id: task.id,
  type: task.type,
  status: task.status,
  owner: task.owner,
  expires_at: task.expiresAt === null ? null : precise(task.expiresAt),
  created_at: precise(task.createdAt),
  updated_at: precise(task.updatedAt),
  deleted_at: null,
  deleted: false,
  image_id: task.imageId,
  request_id: task.requestId,
  user_id: task.user,
  input: task.input,
  result: task.result,
  message: task.message ?? '',
  ...(task.progress === undefined ? {} : { progress: task.progress }),
});

const precise = (iso: string): string => iso.replace(/Z$/, '000');
