import { Ajv } from 'ajv';
import { InvalidValue } from '../../http/api.errors.js';
import { complaint } from './complaint.js';
import type { JsonSchema } from './json-schema.js';

/** Makes a check of values by a schema: it answers the value, or fails with `InvalidValue` and what does not fit. */
export function checkBySchema(name: string, schema: JsonSchema): (value: unknown) => unknown {
  const validate = new Ajv({ strict: false, verbose: true, validateFormats: false }).compile({ type: 'object', ...rulesOf(schema) });
  return (value) => {
    if (validate(value)) return value;
    throw new InvalidValue(`Provided object does not match schema '${name}': ${validate.errors?.map(complaint).join('; ') ?? ''}`);
  };
}

/** Without what is there for clients only. */
function rulesOf(schema: JsonSchema & { readonly name?: string; readonly links?: unknown }): JsonSchema {
  const { name: _name, links: _links, ...rules } = schema;
  return rules;
}
