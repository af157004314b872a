import type { StateChange } from '#event-store';
import { current, type ImageState } from '../image/image.state.js';
import { importsOf, type ImageImport } from '../image/imports.js';
import { difference } from './task.projection.js';
import type { Task } from './task.js';

/** Tasks of the images whose streams have this prefix. */
export const imageTasks = (imageId: string, state: ImageState): Task[] => {
  const found = current(state);
  return found ? importsOf(found.image).map((one) => taskOfImport(imageId.toLowerCase(), one)) : [];
};

export const changedImageTasks = ({ stream, before, after }: Pick<StateChange<ImageState>, 'stream' | 'before' | 'after'>, prefix: string): Task[] =>
  difference(imageTasks(stream.slice(prefix.length), before), imageTasks(stream.slice(prefix.length), after));

function taskOfImport(imageId: string, one: ImageImport): Task {
  return {
    id: one.taskId.toLowerCase(),
    type: one.method === 'location-import' ? 'location_import' : 'api_image_import',
    status: one.outcome,
    owner: one.by.project,
    user: one.by.user,
    requestId: one.by.requestId,
    imageId,
    createdAt: one.requestedAt,
    updatedAt: one.endedAt ?? one.startedAt ?? one.requestedAt,
    endedAt: one.endedAt,
    input: one.method === 'location-import' ? { image_id: imageId, ...one.input } : { image_id: imageId, import_req: one.input, backend: one.stores },
    result: one.outcome === 'success' ? { image_id: imageId } : null,
    message: messageOf(one),
    stores: one.stores,
  };
}

/** The reason, and what it does not say of single stores. */
function messageOf({ reason, failed }: ImageImport): string | null {
  const more = Object.entries(failed).filter(([, why]) => !reason?.includes(why)).map(([store, why]) => `${store}: ${why}`);
  const parts = [...(reason === null ? [] : [reason]), ...more];
  return parts.length === 0 ? null : parts.join(' ');
}
