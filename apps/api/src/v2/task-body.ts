import type { AskedTask } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import { parseNewImage } from './new-image.js';
import { checkBySchema } from './schemas/check-by-schema.js';
import type { ImageSchemaOptions } from './schemas/image.schema.js';
import { TASK_SCHEMA } from './schemas/task.schema.js';

const checked = checkBySchema('task', { ...TASK_SCHEMA, additionalProperties: false });

/** The body of `POST /v2/tasks` (images-v2 §17). What is missing in the input fails the task, not the request. */
export function parseNewTask(body: unknown, options: ImageSchemaOptions): AskedTask {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new InvalidValue('Request body must be a JSON object.');
  for (const key of ['type', 'input']) if (!Object.hasOwn(body, key)) throw new InvalidValue(`Task '${key}' is required`);
  const { type, input } = checked(body) as { readonly type: string; readonly input: Readonly<Record<string, unknown>> | null };
  if (type !== 'import') throw new InvalidValue(`Tasks of the type '${type}' cannot be asked for here; import is the only one.`);
  if (input === null) throw new InvalidValue("Task 'input' must be an object.");
  return { input, image: Object.hasOwn(input, 'image_properties') ? parseNewImage(input['image_properties'], options) : {} };
}
