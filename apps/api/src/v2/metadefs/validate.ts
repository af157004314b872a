import { Ajv, type ValidateFunction } from 'ajv';
import { AttributeReadOnly } from '#images';
import { InvalidValue, MalformedBody } from '../../http/api.errors.js';
import type { JsonBodyValue } from '../../http/body.js';
import type { SchemaDocument } from '../schemas/json-schema.js';
import { complaint } from '../schemas/complaint.js';

const LONGEST_NAME = 80;

const compiled = new WeakMap<SchemaDocument, ValidateFunction>();

/** The body, checked by a schema; what the server says itself (`readOnly`) is refused before. */
export function checked(body: JsonBodyValue, schema: SchemaDocument, readOnly: readonly string[]): object {
  if (Array.isArray(body)) throw new MalformedBody('Request body must be a JSON object.');
  const taken = readOnly.find((field) => Object.hasOwn(body, field));
  if (taken !== undefined) throw new AttributeReadOnly(taken);
  const validate = compiled.get(schema) ?? compile(schema);
  if (validate(body)) return body;
  throw new InvalidValue(`Provided object does not match schema '${schema.name}': ${validate.errors?.map(complaint).join('; ') ?? ''}`);
}

function compile(schema: SchemaDocument): ValidateFunction {
  const { name: _name, links: _links, ...rules } = schema;
  const validate = new Ajv({ strict: false, verbose: true, validateFormats: false }).compile({ type: 'object', ...rules });
  compiled.set(schema, validate);
  return validate;
}

/** Every name, also where the schema does not say it: not empty, and no longer than the schema has it elsewhere. */
export function nameOf(what: string, name: unknown): string {
  if (typeof name !== 'string') throw new InvalidValue(`'name' is a required property of ${what}.`);
  return shortText(`The name of ${what}`, name, 1);
}

export function shortText(what: string, text: string, shortest = 0): string {
  const length = Array.from(text).length;
  if (length < shortest || length > LONGEST_NAME) throw new InvalidValue(`${what} has ${length} characters; ${shortest} to ${LONGEST_NAME} are allowed.`);
  return text;
}
