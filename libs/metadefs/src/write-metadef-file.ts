import type { Namespace, NamespaceContent } from './metadefs/namespace.js';

/** The text that `parseMetadefFile`, and Glance's own tool, make the same namespace of. */
export function writeMetadefFile(namespace: Namespace, { properties, objects, tags }: NamespaceContent): string {
  const { name, displayName, description, visibility, owner } = namespace;
  return `${JSON.stringify({
    namespace: name,
    display_name: displayName,
    description,
    visibility,
    protected: namespace.protected,
    ...(owner === null ? {} : { owner }),
    resource_type_associations: namespace.associations.map(({ name: type, prefix, propertiesTarget }) => ({ name: type, prefix, properties_target: propertiesTarget })),
    properties: Object.fromEntries(properties.map(({ name: property, schema }) => [property, schema])),
    objects: objects.map((one) => ({ name: one.name, description: one.description, ...(one.required ? { required: one.required } : {}), properties: one.properties })),
    tags: tags.map(({ name: tag }) => ({ name: tag })),
  }, undefined, 2)}\n`;
}

/** From the name that people see, of letters and digits only, as Glance's own tool names its files. */
export const fileNameOf = ({ name, displayName }: Pick<Namespace, 'name' | 'displayName'>): string => plain(displayName ?? '') || plain(name) || 'namespace';

const plain = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, '');
