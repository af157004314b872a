import type { Namespace, NamespaceContent, NewDefinition } from '#metadefs';
import { associationFields, associationView, objectFields, objectView, propertiesView, times } from './definition.views.js';

type Json = Readonly<Record<string, unknown>>;

/** What every namespace shows of itself, around what it defines. */
export function namespaceView(namespace: Namespace, definitions: Json = {}): Json {
  const { name, displayName, description, visibility, protected: isProtected, owner } = namespace;
  return {
    namespace: name,
    ...(displayName === null ? {} : { display_name: displayName }),
    ...(description === null ? {} : { description }),
    visibility,
    protected: isProtected,
    ...(owner === null ? {} : { owner }),
    ...times(namespace),
    ...definitions,
    self: `/v2/metadefs/namespaces/${name}`,
    schema: '/v2/schemas/metadefs/namespace',
  };
}

/** In a list, with the resource types alone. */
export const listedNamespaceView = (namespace: Namespace): Json => namespaceView(namespace, associations(namespace));

/** With all that it defines; for a resource type, properties have the prefix of its association. */
export function wholeNamespaceView(namespace: Namespace, { properties, objects, tags }: NamespaceContent, resourceType: string | null): Json {
  const prefix = namespace.associations.find(({ name }) => name === resourceType)?.prefix ?? '';
  return namespaceView(namespace, {
    ...associations(namespace),
    ...(properties.length > 0 ? { properties: propertiesView(properties, prefix) } : {}),
    ...(objects.length > 0 ? { objects: objects.map((object) => objectView(namespace.name, object, prefix)) } : {}),
    ...(tags.length > 0 ? { tags: tags.toReversed().map(({ name }) => ({ name })) } : {}),
  });
}

/** As it was just created: what it defines as the client said it. */
export function newNamespaceView(namespace: Namespace, definitions: readonly NewDefinition[]): Json {
  const associated = definitions.filter((one) => one.kind === 'association');
  const properties = definitions.filter((one) => one.kind === 'property');
  const objects = definitions.filter((one) => one.kind === 'object');
  const tags = definitions.filter((one) => one.kind === 'tag');
  return namespaceView(namespace, {
    ...(associated.length > 0 ? { resource_type_associations: associated.map(associationFields) } : {}),
    ...(properties.length > 0 ? { properties: propertiesView(properties) } : {}),
    ...(objects.length > 0 ? { objects: objects.map(objectFields) } : {}),
    ...(tags.length > 0 ? { tags: tags.map(({ name }) => ({ name })) } : {}),
  });
}

const associations = ({ associations: all }: Namespace): Json => (all.length > 0 ? { resource_type_associations: all.map(associationView) } : {});
