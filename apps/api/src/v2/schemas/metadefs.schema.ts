import { collectionSchema, type JsonSchema, type JsonSchemas, type SchemaDocument } from './json-schema.js';

const text = { type: 'string' };
const readOnlyText = { readOnly: true, type: 'string' };
const time = (description: string): JsonSchema => ({ type: 'string', readOnly: true, description, format: 'date-time' });
const ref = (definition: string): JsonSchema => ({ $ref: `#/definitions/${definition}` });
const arrayOf = (properties: JsonSchemas): JsonSchema => ({ type: 'array', items: { type: 'object', properties } });

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string', null];

const PROPERTY_FIELDS: JsonSchemas = {
  name: { type: 'string', maxLength: 80 },
  title: text,
  description: text,
  operators: { type: 'array', items: text },
  type: { type: 'string', enum: TYPES },
  required: ref('stringArray'),
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  maxLength: ref('positiveInteger'),
  minLength: ref('positiveIntegerDefault0'),
  pattern: { type: 'string', format: 'regex' },
  enum: { type: 'array' },
  readonly: { type: 'boolean' },
  default: {},
  items: { type: 'object', properties: { type: { type: 'string', enum: TYPES }, enum: { type: 'array' } } },
  maxItems: ref('positiveInteger'),
  minItems: ref('positiveIntegerDefault0'),
  uniqueItems: { type: 'boolean', default: false },
  additionalItems: { type: 'boolean' },
};

const definitions = (stringArray: JsonSchema): JsonSchemas => ({
  positiveInteger: { type: 'integer', minimum: 0 },
  positiveIntegerDefault0: { allOf: [ref('positiveInteger'), { default: 0 }] },
  stringArray,
});

const DEFINITIONS: JsonSchemas = {
  ...definitions({ type: 'array', items: text, uniqueItems: true }),
  property: { type: 'object', additionalProperties: { type: 'object', required: ['title', 'type'], properties: PROPERTY_FIELDS } },
};

const PROPERTY_DEFINITIONS = definitions({ type: 'array', items: text, minItems: 1, uniqueItems: true });

const document = (name: string, properties: JsonSchemas, required: readonly string[], shared?: JsonSchemas): SchemaDocument =>
  ({ name, properties, additionalProperties: false, ...(shared ? { definitions: shared } : {}), required });

/** What items share stands in the collection's document. */
function collection(name: string, { definitions: shared, ...item }: SchemaDocument): SchemaDocument {
  return { ...collectionSchema(name, item, true), ...(shared ? { definitions: shared } : {}) };
}

export const NAMESPACE_SCHEMA = document('namespace', {
  namespace: { type: 'string', description: 'The unique namespace text.', maxLength: 80 },
  display_name: { type: 'string', description: 'The user friendly name for the namespace. Used by UI if available.', maxLength: 80 },
  description: { type: 'string', description: 'Provides a user friendly description of the namespace.', maxLength: 500 },
  visibility: { type: 'string', description: 'Scope of namespace accessibility.', enum: ['public', 'private'] },
  protected: { type: 'boolean', description: 'If true, namespace will not be deletable.' },
  owner: { type: 'string', description: 'Owner of the namespace.', maxLength: 255 },
  created_at: time('Date and time of namespace creation'),
  updated_at: time('Date and time of the last namespace modification'),
  schema: readOnlyText,
  self: readOnlyText,
  resource_type_associations: arrayOf({ name: text, prefix: text, properties_target: text }),
  properties: ref('property'),
  objects: arrayOf({ name: text, description: text, required: ref('stringArray'), properties: ref('property') }),
  tags: arrayOf({ name: text }),
}, ['namespace'], DEFINITIONS);

export const OBJECT_SCHEMA = document('object', {
  name: { type: 'string', maxLength: 80 },
  description: text,
  required: ref('stringArray'),
  properties: ref('property'),
  schema: readOnlyText,
  self: readOnlyText,
  created_at: time('Date and time of object creation'),
  updated_at: time('Date and time of the last object modification'),
}, ['name'], DEFINITIONS);

export const PROPERTY_SCHEMA = document('property', PROPERTY_FIELDS, ['type', 'title', 'name'], PROPERTY_DEFINITIONS);

/** In a collection the name is the key. */
export const NAMELESS_PROPERTY_SCHEMA = document('property', PROPERTY_FIELDS, ['type', 'title'], PROPERTY_DEFINITIONS);

export const RESOURCE_TYPE_SCHEMA = document('resource_type_association', {
  name: {
    type: 'string',
    description: 'Resource type names should be aligned with Heat resource types whenever possible: https://docs.openstack.org/heat/latest/template_guide/openstack.html',
    maxLength: 80,
  },
  prefix: {
    type: 'string',
    description: 'Specifies the prefix to use for the given resource type. Any properties in the namespace should be prefixed with this prefix when being applied to the specified resource type. Must include prefix separator (e.g. a colon :).',
    maxLength: 80,
  },
  properties_target: {
    type: 'string',
    description: 'Some resource types allow more than one key / value pair per instance.  For example, Cinder allows user and image metadata on volumes. Only the image properties metadata is evaluated by Nova (scheduling or drivers). This property allows a namespace target to remove the ambiguity.',
    maxLength: 80,
  },
  created_at: time('Date and time of resource type association'),
  updated_at: time('Date and time of the last resource type association modification'),
}, ['name']);

export const TAG_SCHEMA = document('tag', {
  name: { type: 'string', maxLength: 80 },
  created_at: time('Date and time of tag creation'),
  updated_at: time('Date and time of the last tag modification'),
}, ['name']);

/** By the last part of their path under `/v2/schemas/metadefs/`. */
export const METADEF_SCHEMAS = {
  namespace: NAMESPACE_SCHEMA,
  namespaces: collection('namespaces', NAMESPACE_SCHEMA),
  object: OBJECT_SCHEMA,
  objects: collection('objects', OBJECT_SCHEMA),
  property: PROPERTY_SCHEMA,
  properties: propertiesSchema(),
  resource_type: RESOURCE_TYPE_SCHEMA,
  resource_types: collection('resource_type_associations', RESOURCE_TYPE_SCHEMA),
  tag: TAG_SCHEMA,
  tags: collection('tags', TAG_SCHEMA),
} as const satisfies Readonly<Record<string, SchemaDocument>>;

function propertiesSchema(): SchemaDocument {
  const { definitions: shared, ...item } = NAMELESS_PROPERTY_SCHEMA;
  const schema = collectionSchema('properties', item, true);
  return { ...schema, properties: { ...schema.properties, properties: { type: 'object', additionalProperties: item } }, ...(shared ? { definitions: shared } : {}) };
}
