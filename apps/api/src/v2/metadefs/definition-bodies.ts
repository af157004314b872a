import { InvalidDefinition, propertySchema, type NewDefinition, type PropertySchema } from '#metadefs';
import { InvalidValue } from '../../http/api.errors.js';
import type { JsonBodyValue } from '../../http/body.js';
import type { JsonSchema, SchemaDocument } from '../schemas/json-schema.js';
import { OBJECT_SCHEMA, PROPERTY_SCHEMA, RESOURCE_TYPE_SCHEMA, TAG_SCHEMA } from '../schemas/metadefs.schema.js';
import { checked, nameOf, shortText } from './validate.js';

type Fields = Readonly<Record<string, unknown>>;

export interface ObjectFields {
  readonly name?: string;
  readonly description?: string;
  readonly required?: string[];
  readonly properties?: Readonly<Record<string, Fields>>;
}

export interface AssociationFields {
  readonly name?: string;
  readonly prefix?: string;
  readonly properties_target?: string;
}

const TIMES = ['created_at', 'updated_at'];
export const SERVERS_OWN = ['self', 'schema', ...TIMES];

/** Names of the properties within an object are not those of the namespace: they may be longer. */
const LONGEST_INNER_NAME = 255;

export function parseProperty(body: JsonBodyValue): NewDefinition<'property'> {
  const fields = checked(body, PROPERTY_SCHEMA, TIMES) as Fields;
  return property(nameOf('a property', fields['name']), fields);
}

export const parseObject = (body: JsonBodyValue): NewDefinition<'object'> => object(checked(body, OBJECT_SCHEMA, SERVERS_OWN));

export const parseAssociation = (body: JsonBodyValue): NewDefinition<'association'> => association(checked(body, RESOURCE_TYPE_SCHEMA, TIMES));

export const parseTag = (body: JsonBodyValue): NewDefinition<'tag'> => tag((checked(body, TAG_SCHEMA, TIMES) as { name: string }).name);

export const tag = (name: unknown): NewDefinition<'tag'> => ({ kind: 'tag', name: nameOf('a tag', name) });

export const property = (name: string, fields: Fields): NewDefinition<'property'> =>
  ({ kind: 'property', name: nameOf('a property', name), schema: schemaOf(name, fields) });

export function object({ name, description, required, properties }: ObjectFields): NewDefinition<'object'> {
  const inner = properties ? innerProperties(properties) : null;
  return { kind: 'object', name: nameOf('an object', name), description: description ?? null, required: required ?? null, properties: inner };
}

export function association({ name, prefix, properties_target: target }: AssociationFields): NewDefinition<'association'> {
  if (prefix !== undefined) shortText('A prefix', prefix);
  if (target !== undefined) shortText('A properties_target', target);
  return { kind: 'association', name: nameOf('a resource type', name), prefix: prefix ?? null, propertiesTarget: target ?? null };
}

function innerProperties(properties: Readonly<Record<string, Fields>>): Record<string, PropertySchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, fields]) => {
    if (Array.from(name).length > LONGEST_INNER_NAME) throw new InvalidValue(`A property of an object has at most ${LONGEST_INNER_NAME} characters in its name.`);
    return [name, schemaOf(name, fields)];
  }));
}

function schemaOf(name: string, fields: Fields): PropertySchema {
  try {
    return propertySchema(fields);
  } catch (error) {
    if (error instanceof InvalidDefinition) throw new InvalidDefinition(`Provided object does not match schema 'property': ${error.message}\n\nOn property '${name}'`);
    throw error;
  }
}

const tagItem: JsonSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };
const TAG_LIST: SchemaDocument = { name: 'tags', properties: { tags: { type: 'array', items: tagItem } }, additionalProperties: false };

/** `{"tags": [{"name": …}]}` */
export function parseTags(body: JsonBodyValue): readonly string[] {
  const { tags = [] } = checked(body, TAG_LIST, TIMES) as { tags?: { name: string }[] };
  return tags.map(({ name }) => tag(name).name);
}
