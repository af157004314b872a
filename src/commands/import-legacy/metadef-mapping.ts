import { InvalidDefinition, propertySchema, type AdoptedDefinition, type AdoptedNamespace, type AdoptedResourceType } from '#metadefs';
import type { LegacyFinding } from './finding.js';
import type { LegacyNamespace } from './legacy-metadefs.js';
import { isTrue, objectOf, timeOf } from './row-values.js';
import type { Row } from './source/legacy-database.js';

type Definition = AdoptedDefinition['definition'];
type Found = (finding: LegacyFinding) => void;

const EPOCH = '1970-01-01T00:00:00.000Z';

function timesOf(row: Row): { createdAt: string; updatedAt: string } {
  const createdAt = timeOf(row['created_at']) ?? EPOCH;
  return { createdAt, updatedAt: timeOf(row['updated_at']) ?? createdAt };
}

/** What cannot be understood is left out, and found. */
export function mapNamespace({ row, properties, objects, tags, associations }: LegacyNamespace, found: Found): AdoptedNamespace {
  const name = row['namespace'] ?? '';
  const mapped = [
    ...associations.map((one) => mapDefinition(name, one, associationOf, found)),
    ...objects.map((one) => mapDefinition(name, one, objectDefinition, found)),
    ...tags.map((one) => mapDefinition(name, one, tagOf, found)),
    ...properties.map((one) => mapDefinition(name, one, propertyOf, found)),
  ].flatMap((one) => one ?? []);
  return {
    ...timesOf(row),
    attributes: {
      name, displayName: row['display_name'] ?? null, description: row['description'] ?? null, owner: row['owner'] || null,
      visibility: row['visibility'] === 'public' ? 'public' : 'private', protected: isTrue(row['protected']),
    },
    definitions: onceEach(mapped, name, found),
  };
}

export const mapResourceType = (row: Row): AdoptedResourceType => ({ name: row['name'] ?? '', protected: isTrue(row['protected']), createdAt: timesOf(row).createdAt });

function mapDefinition(namespace: string, row: Row, map: (row: Row) => Definition, found: Found): AdoptedDefinition | undefined {
  try {
    const order = (row['id'] ?? row['resource_type_id'] ?? '').padStart(20, '0');
    return { definition: map(row), order, ...timesOf(row) };
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    found({ kind: 'definition', what: namespace, detail: `its definition ${row['name'] ?? ''} is left out: ${error.message}` });
    return undefined;
  }
}

/** Names of tags are one in any case, which an old database need not hold to. */
function onceEach(definitions: readonly AdoptedDefinition[], namespace: string, found: Found): AdoptedDefinition[] {
  const seen = new Set<string>();
  return definitions.filter(({ definition: { kind, name } }) => {
    const key = `${kind} ${kind === 'tag' ? name.toLowerCase() : name}`;
    if (seen.has(key)) found({ kind: 'definition', what: namespace, detail: `its ${kind} ${name} is there twice: the first is taken` });
    return !seen.has(key) && seen.add(key);
  });
}

const associationOf = (row: Row): Definition => ({ kind: 'association', name: row['name'] ?? '', prefix: row['prefix'] ?? null, propertiesTarget: row['properties_target'] ?? null });

const tagOf = (row: Row): Definition => ({ kind: 'tag', name: row['name'] ?? '' });

const propertyOf = (row: Row): Definition => ({ kind: 'property', name: row['name'] ?? '', schema: propertySchema(schemaOf(row)) });

function objectDefinition(row: Row): Definition {
  const properties = Object.entries(schemaOf(row)).map(([name, schema]) => [name, propertySchema(asObject(schema))] as const);
  return { kind: 'object', name: row['name'] ?? '', description: row['description'] ?? null, required: row['required'] ? row['required'].split(',') : null, properties: Object.fromEntries(properties) };
}

function schemaOf(row: Row): Record<string, unknown> {
  const schema = objectOf(row['json_schema']);
  if (!schema) throw new InvalidDefinition('its schema is no JSON object');
  return schema;
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidDefinition('one of its properties is no JSON object');
  return value as Record<string, unknown>;
}
