import type { SettableFields } from './image-fields.js';
import { checkBySchema } from './schemas/check-by-schema.js';
import { baseProperties, imageSchema, type ImageSchemaOptions } from './schemas/image.schema.js';

/** Fields as the schema lets them through: custom properties are text, or null where their own schema says so. */
export type ValidFields = Partial<SettableFields> & { readonly id?: string; readonly [property: string]: unknown };

interface Checks {
  readonly whole: (fields: unknown) => unknown;
  readonly part: (fields: unknown) => unknown;
}

/** What the operator says of custom properties contradicts what every image has, or is no schema: the start ends. */
export class BadImageSchema extends Error {
  readonly code = 'BadImageSchema';
}

/** Fails with `BadImageSchema` where requests could not be checked by it. */
export function checkImageSchema(options: ImageSchemaOptions): void {
  const base = baseProperties(options);
  const clash = Object.keys(options.properties ?? {}).find((name) => name in base && JSON.stringify(options.properties?.[name]) !== JSON.stringify(base[name]));
  if (clash !== undefined) throw new BadImageSchema(`schema-image.json: ${clash} is a property of every image and cannot be defined again.`);
  try {
    compiled.set(options, compile(options));
  } catch (error) {
    throw new BadImageSchema(`schema-image.json: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const compiled = new WeakMap<ImageSchemaOptions, Checks>();

/** `part`: some fields of an image that exists; what every image must have may be missing. */
export function validateFields(fields: unknown, which: keyof Checks, options: ImageSchemaOptions): ValidFields {
  let checks = compiled.get(options);
  if (!checks) compiled.set(options, (checks = compile(options)));
  return checks[which](fields) as ValidFields;
}

function compile(options: ImageSchemaOptions): Checks {
  const schema = imageSchema(options);
  return { whole: checkBySchema('image', schema), part: checkBySchema('image', { ...schema, required: [] }) };
}
