import { AttributeReadOnly } from '#images';
import { InvalidValue, MalformedBody } from '../../http/api.errors.js';
import type { JsonBodyValue } from '../../http/body.js';
import { checkBySchema } from '../schemas/check-by-schema.js';
import type { SchemaDocument } from '../schemas/json-schema.js';

const LONGEST_NAME = 80;

const checks = new WeakMap<SchemaDocument, (body: unknown) => unknown>();

/** The body, checked by a schema; what the server says itself (`readOnly`) is refused before. */
export function checked(body: JsonBodyValue, schema: SchemaDocument, readOnly: readonly string[]): object {
  if (Array.isArray(body)) throw new MalformedBody('Request body must be a JSON object.');
  const taken = readOnly.find((field) => Object.hasOwn(body, field));
  if (taken !== undefined) throw new AttributeReadOnly(taken);
  let check = checks.get(schema);
  if (!check) checks.set(schema, (check = checkBySchema(schema.name, schema)));
  check(body);
  return body;
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
