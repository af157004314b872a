import type { NewDefinition } from './metadefs/define.js';
import { InvalidDefinition } from './metadefs/metadefs.errors.js';
import type { NamespaceAttributes, PropertySchema } from './metadefs/metadefs.events.js';
import { propertySchema } from './metadefs/property-schema.js';

type Fields = Readonly<Record<string, unknown>>;

/** A namespace as Glance's own files of metadata definitions have it. */
export interface MetadefFile {
  readonly attributes: NamespaceAttributes;
  readonly definitions: readonly NewDefinition[];
}

const OWNER = 'admin';
const LONGEST_NAME = 80;

/** Throws `SyntaxError` where it is no JSON, `InvalidDefinition` where it does not define a namespace. */
export function parseMetadefFile(text: string): MetadefFile {
  const file = object('the file', JSON.parse(text));
  const { resource_type_associations: types = [], properties = {}, objects = [], tags = [] } = file;
  return {
    attributes: {
      name: name('namespace', file['namespace']),
      displayName: optionalText('display_name', file['display_name']),
      description: optionalText('description', file['description']),
      visibility: file['visibility'] === 'public' ? 'public' : 'private',
      protected: file['protected'] === true,
      owner: optionalText('owner', file['owner']) ?? OWNER,
    },
    definitions: [
      ...list('resource_type_associations', types).map(association),
      ...list('objects', objects).map(metadefObject),
      ...list('tags', tags).map((tag): NewDefinition => ({ kind: 'tag', name: name('a tag', tag['name']) })),
      ...Object.entries(object('properties', properties)).map(([key, schema]): NewDefinition => ({ kind: 'property', name: name('a property', key), schema: property(key, schema) })),
    ],
  };
}

function association(fields: Fields): NewDefinition {
  const { prefix, properties_target: target } = fields;
  return { kind: 'association', name: name('a resource type', fields['name']), prefix: optionalText('prefix', prefix), propertiesTarget: optionalText('properties_target', target) };
}

function metadefObject(fields: Fields): NewDefinition {
  const { properties, required, description } = fields;
  return {
    kind: 'object',
    name: name('an object', fields['name']),
    description: optionalText('description', description),
    required: required === undefined || required === null ? null : texts('required', required),
    properties: properties === undefined || properties === null ? null : Object.fromEntries(Object.entries(object('properties', properties)).map(([key, schema]) => [key, property(key, schema)])),
  };
}

function property(key: string, given: unknown): PropertySchema {
  const fields = object(`property ${key}`, given);
  for (const field of ['type', 'title']) if (typeof fields[field] !== 'string') throw new InvalidDefinition(`property ${key} has no ${field}`);
  return propertySchema(fields);
}

function object(what: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidDefinition(`${what} is not an object`);
  return value as Fields;
}

function list(what: string, value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) throw new InvalidDefinition(`${what} is not a list`);
  return value.map((one: unknown) => object(`one of ${what}`, one));
}

function texts(what: string, value: unknown): string[] {
  if (Array.isArray(value) && value.every((one): one is string => typeof one === 'string')) return value;
  throw new InvalidDefinition(`${what} is not a list of texts`);
}

function optionalText(what: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new InvalidDefinition(`${what} is not a text`);
  return value;
}

function name(what: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && Array.from(value).length <= LONGEST_NAME) return value;
  throw new InvalidDefinition(`the name of ${what} is not a text of 1 to ${LONGEST_NAME} characters`);
}
