import { imageSchema, imagesSchema, type ImageSchemaOptions } from './image.schema.js';
import type { SchemaDocument } from './json-schema.js';
import { MEMBER_SCHEMA, MEMBERS_SCHEMA } from './member.schema.js';
import { METADEF_SCHEMAS } from './metadefs.schema.js';
import { TASK_SCHEMA, TASKS_SCHEMA } from './task.schema.js';

/** Every schema document that clients can load, by its path with `_` for each slash. */
export const allSchemas = (image: ImageSchemaOptions): Readonly<Record<string, SchemaDocument>> => ({
  image: imageSchema(image),
  images: imagesSchema(image),
  member: MEMBER_SCHEMA,
  members: MEMBERS_SCHEMA,
  task: TASK_SCHEMA,
  tasks: TASKS_SCHEMA,
  ...Object.fromEntries(Object.entries(METADEF_SCHEMAS).map(([name, schema]) => [`metadefs_${name}`, schema])),
});
