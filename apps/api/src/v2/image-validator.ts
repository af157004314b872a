import { Ajv, type ValidateFunction } from 'ajv';
import { InvalidValue } from '../http/api.errors.js';
import type { SettableFields } from './image-fields.js';
import { complaint } from './schemas/complaint.js';
import { baseProperties, imageSchema, type ImageSchemaOptions } from './schemas/image.schema.js';

/** Fields as the schema lets them through: custom properties are text, or null where their own schema says so. */
export type ValidFields = Partial<SettableFields> & { readonly id?: string; readonly [property: string]: unknown };

interface Validators {
  readonly whole: ValidateFunction<ValidFields>;
  readonly part: ValidateFunction<ValidFields>;
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

const compiled = new WeakMap<ImageSchemaOptions, Validators>();

/** `part`: some fields of an image that exists; what every image must have may be missing. */
export function validateFields(fields: unknown, which: keyof Validators, options: ImageSchemaOptions): ValidFields {
  let validators = compiled.get(options);
  if (!validators) compiled.set(options, (validators = compile(options)));
  const validate = validators[which];
  if (validate(fields)) return fields;
  throw new InvalidValue(`Provided object does not match schema 'image': ${validate.errors?.map(complaint).join('; ') ?? ''}`);
}

function compile(options: ImageSchemaOptions): Validators {
  const ajv = new Ajv({ strict: false, verbose: true, validateFormats: false });
  const { name: _name, links: _links, ...schema } = imageSchema(options);
  return { whole: ajv.compile({ type: 'object', ...schema }), part: ajv.compile({ type: 'object', ...schema, required: [] }) };
}
