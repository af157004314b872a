import { InvalidDefinition } from './metadefs.errors.js';
import type { PropertySchema } from './metadefs.events.js';

/** In the order in which clients get them. */
const FIELDS = [
  'type', 'title', 'description', 'operators', 'required', 'default', 'readonly', 'minimum', 'maximum', 'enum', 'pattern', 'minLength', 'maxLength',
  'items', 'uniqueItems', 'minItems', 'maxItems', 'additionalItems',
];
const ITEM_FIELDS = ['type', 'enum'];

/**
 * A property's definition as it is kept: known fields, `default` as text. Its name stands beside it. Types of the fields
 * are not looked at.
 */
export function propertySchema(given: Readonly<Record<string, unknown>>): PropertySchema {
  return pick(given, FIELDS, (field, value) => {
    if (field === 'default') return textOf(value);
    if (field === 'enum') return scalars(value);
    return field === 'items' ? itemSchema(value) : value;
  });
}

/** Its fields in the order in which clients get them; events keep them by name. */
export function inClientOrder(schema: PropertySchema): PropertySchema {
  const place = (field: string) => (FIELDS.includes(field) ? FIELDS.indexOf(field) : FIELDS.length);
  const fields = Object.keys(schema).toSorted((a, b) => place(a) - place(b));
  return Object.fromEntries(fields.map((field) => [field, schema[field]]));
}

function itemSchema(given: unknown): object {
  if (!isObject(given)) throw new InvalidDefinition('items is not an object');
  if (given['type'] === undefined) throw new InvalidDefinition('items have no type');
  return pick(given, ITEM_FIELDS, (field, value) => (field === 'enum' ? scalars(value) : value));
}

function pick(given: Readonly<Record<string, unknown>>, fields: readonly string[], convert: (field: string, value: unknown) => unknown): PropertySchema {
  const unknown = Object.keys(given).find((field) => field !== 'name' && !fields.includes(field));
  if (unknown !== undefined) throw new InvalidDefinition(`Additional properties are not allowed ('${unknown}' was unexpected)`);
  return Object.fromEntries(fields.filter((field) => given[field] !== undefined).map((field) => [field, convert(field, given[field])]));
}

/** As Python writes it, which clients of this API are used to; what is no scalar has no text. */
function textOf(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function scalars(value: unknown): unknown {
  if (Array.isArray(value) && value.every((one) => ['string', 'number', 'boolean'].includes(typeof one))) return value;
  throw new InvalidDefinition('an enum lists text, numbers or booleans');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
