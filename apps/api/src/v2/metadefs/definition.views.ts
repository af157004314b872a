import { inClientOrder, type Association, type MetadefObject, type MetadefTag, type NewDefinition, type Property, type ResourceType } from '#metadefs';

type Json = Readonly<Record<string, unknown>>;

/** Seconds, UTC, no fraction. */
const time = (iso: string): string => `${iso.slice(0, 19)}Z`;

export const times = ({ createdAt, updatedAt }: { createdAt: string; updatedAt: string }): Json => ({ created_at: time(createdAt), updated_at: time(updatedAt) });

export const propertyView = ({ name, schema }: Pick<Property, 'name' | 'schema'>): Json => ({ name, ...inClientOrder(schema) });

export const propertiesView = (properties: readonly Pick<Property, 'name' | 'schema'>[], prefix = ''): Json =>
  Object.fromEntries(properties.map(({ name, schema }) => [prefix + name, inClientOrder(schema)]));

export const tagView = (tag: MetadefTag): Json => ({ name: tag.name, ...times(tag) });

export const associationFields = ({ name, prefix, propertiesTarget }: Pick<Association, 'name' | 'prefix' | 'propertiesTarget'>): Json => ({
  name,
  ...(prefix === null ? {} : { prefix }),
  ...(propertiesTarget === null ? {} : { properties_target: propertiesTarget }),
});

export const associationView = (association: Association): Json => ({ ...associationFields(association), ...times(association) });

export const resourceTypeView = ({ name, createdAt }: ResourceType): Json => ({ name, ...times({ createdAt, updatedAt: createdAt }) });

/** What the definition says; nothing of what it does not. */
export const objectFields = ({ name, required, description, properties }: Pick<NewDefinition<'object'>, 'name' | 'required' | 'description' | 'properties'>): Json => ({
  name,
  ...(required === null ? {} : { required }),
  ...(description === null ? {} : { description }),
  ...(properties === null ? {} : { properties: propertiesView(Object.entries(properties).map(([inner, schema]) => ({ name: inner, schema }))) }),
});

/** As it was just written: clients get back what they said. */
export const writtenObjectView = (namespace: string, object: MetadefObject): Json => ({
  ...objectFields(object),
  ...times(object),
  self: `/v2/metadefs/namespaces/${namespace}/objects/${object.name}`,
  schema: '/v2/schemas/metadefs/object',
});

/** As it is read: never without the lists, however empty. */
export const objectView = (namespace: string, object: MetadefObject, prefix = ''): Json => writtenObjectView(namespace, {
  ...object,
  required: (object.required ?? []).map((name) => prefix + name),
  properties: Object.fromEntries(Object.entries(object.properties ?? {}).map(([name, schema]) => [prefix + name, schema])),
});
