import type { NamespaceDraft, NamespaceVisibility, NewDefinition } from '#metadefs';
import { InvalidValue } from '../../http/api.errors.js';
import type { JsonBodyValue } from '../../http/body.js';
import { NAMESPACE_SCHEMA } from '../schemas/metadefs.schema.js';
import { association, object, property, SERVERS_OWN, tag, type AssociationFields, type ObjectFields } from './definition-bodies.js';
import { checked, nameOf } from './validate.js';

interface NamespaceFields {
  readonly namespace: string;
  readonly display_name?: string;
  readonly description?: string;
  readonly visibility?: NamespaceVisibility;
  readonly protected?: boolean;
  readonly owner?: string;
  readonly resource_type_associations?: readonly AssociationFields[];
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly objects?: readonly ObjectFields[];
  readonly tags?: readonly Readonly<Record<string, unknown>>[];
}

const namespaceBody = (body: JsonBodyValue): NamespaceFields => checked(body, NAMESPACE_SCHEMA, SERVERS_OWN) as NamespaceFields;

/** What a namespace is; of what it defines nothing is looked at. */
export const parseNamespace = (body: JsonBodyValue): NamespaceDraft => draftOf(namespaceBody(body));

/** What it is and what it defines. */
export function parseNewNamespace(body: JsonBodyValue): { readonly draft: NamespaceDraft; readonly definitions: readonly NewDefinition[] } {
  const fields = namespaceBody(body);
  return {
    draft: draftOf(fields),
    definitions: [
      ...(fields.resource_type_associations ?? []).map((one) => association(known(one, ['name', 'prefix', 'properties_target']))),
      ...(fields.objects ?? []).map((one) => object(known(one, ['name', 'description', 'required', 'properties']))),
      ...(fields.tags ?? []).map((one) => tag(known(one, ['name'])['name'])),
      ...Object.entries(fields.properties ?? {}).map(([name, schema]) => property(name, schema)),
    ],
  };
}

function draftOf({ namespace, display_name, description, visibility, protected: isProtected, owner }: NamespaceFields): NamespaceDraft {
  if (namespace.includes('/')) throw new InvalidValue('The name of a namespace cannot have a slash in it: it could not be a part of a path.');
  return {
    name: nameOf('a namespace', namespace),
    ...(display_name === undefined ? {} : { displayName: display_name }),
    ...(description === undefined ? {} : { description }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(isProtected === undefined ? {} : { protected: isProtected }),
    ...(owner ? { owner } : {}),
  };
}

function known<T extends object>(fields: T, names: readonly string[]): T {
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new InvalidValue(`Provided object does not match schema 'namespace': Additional properties are not allowed ('${unknown}' was unexpected)`);
  return fields;
}
