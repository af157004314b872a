import { grouped } from './row-values.js';
import type { LegacyDatabase, Row } from './source/legacy-database.js';

export interface LegacyNamespace {
  readonly row: Row;
  readonly properties: readonly Row[];
  readonly objects: readonly Row[];
  readonly tags: readonly Row[];
  /** With the name of the resource type. */
  readonly associations: readonly Row[];
}

/** Namespaces are many times larger than images. */
const PAGE = 20;
const TYPES_PAGE = 500;

export async function* legacyResourceTypes(database: LegacyDatabase): AsyncGenerator<readonly Row[]> {
  if (!(await database.columns('metadef_resource_types'))) return;
  for (let after: string | undefined; ; ) {
    const rows = await database.page({ table: 'metadef_resource_types', key: 'id', after, limit: TYPES_PAGE });
    const last = rows.at(-1)?.['id'];
    if (typeof last !== 'string') return;
    after = last;
    yield rows;
  }
}

/** Every namespace with what it defines. */
export async function* legacyNamespaces(database: LegacyDatabase): AsyncGenerator<LegacyNamespace> {
  const has = new Map<string, boolean>();
  for (const table of ['metadef_properties', 'metadef_objects', 'metadef_tags', 'metadef_namespace_resource_types']) has.set(table, (await database.columns(table)) !== undefined);
  for (let after: string | undefined; ; ) {
    const rows = await database.page({ table: 'metadef_namespaces', key: 'id', after, limit: PAGE });
    const last = rows.at(-1)?.['id'];
    if (typeof last !== 'string') return;
    after = last;
    const ids = rows.map(({ id }) => id ?? '');
    const of = async (table: string, order: string) => grouped(has.get(table) ? await database.rowsOf(table, 'namespace_id', ids, order) : [], 'namespace_id');
    const [properties, objects] = [await of('metadef_properties', 'id'), await of('metadef_objects', 'id')];
    const [tags, associations] = [await of('metadef_tags', 'id'), await of('metadef_namespace_resource_types', 'resource_type_id')];
    const names = await typeNames(database, [...associations.values()].flat());
    for (const row of rows) {
      const id = row['id'] ?? '';
      yield {
        row, properties: properties.get(id) ?? [], objects: objects.get(id) ?? [], tags: tags.get(id) ?? [],
        associations: (associations.get(id) ?? []).map((one) => ({ ...one, name: names.get(one['resource_type_id'] ?? '') ?? null })),
      };
    }
  }
}

async function typeNames(database: LegacyDatabase, associations: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(associations.flatMap((one) => one['resource_type_id'] ?? []))];
  const rows = ids.length === 0 ? [] : await database.rowsOf('metadef_resource_types', 'id', ids, 'id');
  return new Map(rows.map(({ id, name }) => [id ?? '', name ?? '']));
}
