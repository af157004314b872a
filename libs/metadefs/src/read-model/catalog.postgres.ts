import type { Pool } from 'pg';
import type { InlineProjection, SqlWrite } from '#event-store';
import type { MetadefsState, ResourceType } from '../metadefs/metadefs.state.js';
import { METADEFS_STREAMS, type Namespace, type NamespaceContent } from '../metadefs/namespace.js';
import { isSpareName, spareName, type MetadefCatalog, type NamespaceQuery, type NamespaceSortKey } from './catalog.js';
import { namespaceRow, resourceTypesRow, type NamespaceRow, type ResourceTypesRow } from './catalog.projection.js';

const COLUMNS: Readonly<Record<NamespaceSortKey, string>> = {
  namespace: 'shown', display_name: 'display_name', description: 'description', visibility: 'visibility', protected: 'protected',
  owner: 'owner', created_at: 'created_at', updated_at: 'updated_at', id: 'created',
};

/** Whether another of the same name was named before. */
const SPARE = `EXISTS (SELECT FROM afterimage.metadef_namespace o WHERE o.live AND o.name = n.name AND o.named < n.named)`;
const SHOWN = `CASE WHEN ${SPARE} THEN left(n.name, 71) || '~' || left(n.id::text, 8) ELSE n.name END`;

const STATEMENTS = {
  find: `SELECT doc FROM afterimage.metadef_namespace WHERE live AND name = $1 ORDER BY named LIMIT 1`,
  findSpare: `SELECT doc FROM afterimage.metadef_namespace n WHERE live AND ${SPARE} AND left(id::text, 8) = $1`,
  content: `SELECT content FROM afterimage.metadef_namespace WHERE live AND id = $1`,
  known: `SELECT id FROM afterimage.metadef_namespace WHERE id = ANY ($1::uuid[])`,
  resourceTypes: `SELECT types FROM afterimage.metadef_resource_types`,
};

/** Reads the tables that `postgresMetadefsProjection` writes. */
export class PostgresMetadefCatalog implements MetadefCatalog {
  constructor(private readonly pool: Pool) {}

  async find(name: string): Promise<Namespace | undefined> {
    const [found] = await this.read<{ doc: Namespace }>(STATEMENTS.find, [name]);
    if (found || !isSpareName(name)) return found?.doc;
    const spare = await this.read<{ doc: Namespace }>(STATEMENTS.findSpare, [name.slice(-8)]);
    return spare.map(({ doc }) => ({ ...doc, name: spareName(doc.name, doc.id) })).find((doc) => doc.name === name);
  }

  async content(id: string): Promise<NamespaceContent | undefined> {
    return (await this.read<{ content: NamespaceContent }>(STATEMENTS.content, [id]))[0]?.content;
  }

  async list({ viewer, visibility, owner, resourceTypes, sort, limit, marker }: NamespaceQuery): Promise<readonly Namespace[]> {
    const key = COLUMNS[sort.key];
    const beyond = sort.direction === 'asc' ? '>' : '<';
    const rows = await this.read<{ doc: Namespace; shown: string }>(
      `WITH all_of_them AS (SELECT n.*, ${SHOWN} AS shown FROM afterimage.metadef_namespace n WHERE n.live)
       SELECT doc, shown FROM all_of_them
       WHERE ($1 OR visibility = 'public' OR owner = $2) AND ($3::text IS NULL OR visibility = $3) AND ($4::text IS NULL OR owner = $4)
         AND ($5::text[] IS NULL OR resource_types && $5)
         AND ($6::uuid IS NULL OR (coalesce(${key}, ''), created) ${beyond} (SELECT coalesce(${key}, ''), created FROM all_of_them WHERE id = $6))
       ORDER BY coalesce(${key}, '') ${sort.direction}, created ${sort.direction} LIMIT $7`,
      [viewer.admin, viewer.project, visibility, owner, resourceTypes, marker, limit],
    );
    return rows.map(({ doc, shown }) => ({ ...doc, name: shown }));
  }

  async known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.read<{ id: string }>(STATEMENTS.known, [ids])).map(({ id }) => id));
  }

  async resourceTypes(): Promise<readonly ResourceType[]> {
    return (await this.read<{ types: ResourceType[] }>(STATEMENTS.resourceTypes, []))[0]?.types ?? [];
  }

  private async read<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.pool.query<Row>(text, [...values])).rows;
  }
}

const NAMESPACE_COLUMNS = [
  'id', 'revision', 'live', 'created', 'named', 'name', 'display_name', 'description', 'visibility', 'protected', 'owner', 'created_at', 'updated_at',
  'resource_types', 'doc', 'content',
];

const PUT_NAMESPACE = `INSERT INTO afterimage.metadef_namespace AS t (${NAMESPACE_COLUMNS.join(', ')})
VALUES ($1::uuid, $2::int, $3::boolean, ${NAMESPACE_COLUMNS.slice(3, 13).map((_, i) => `$${i + 4}::text`).join(', ')}, $14::text[], $15::json, $16::json)
ON CONFLICT (id) DO UPDATE SET ${NAMESPACE_COLUMNS.slice(1).map((column) => `${column} = excluded.${column}`).join(', ')}
WHERE t.revision < excluded.revision`;

const PUT_TYPES = `INSERT INTO afterimage.metadef_resource_types AS t (one, revision, types) VALUES (true, $1::int, $2::json)
ON CONFLICT (one) DO UPDATE SET revision = excluded.revision, types = excluded.types WHERE t.revision < excluded.revision`;

export const postgresMetadefsProjection: InlineProjection<MetadefsState, SqlWrite> = {
  name: 'metadef-catalog',
  streamPrefix: METADEFS_STREAMS,
  write(change) {
    const [row, types] = [namespaceRow(change), resourceTypesRow(change)];
    return [...(row ? [putNamespace(row)] : []), ...(types ? [putTypes(types)] : [])];
  },
};

function putNamespace({ id, revision, created, namespace, content }: NamespaceRow): SqlWrite {
  const values = [
    namespace?.named, namespace?.name, namespace?.displayName, namespace?.description, namespace?.visibility,
    namespace && String(namespace.protected), namespace?.owner, namespace?.createdAt, namespace?.updatedAt,
    namespace?.associations.map(({ name }) => name), namespace && JSON.stringify(namespace), content && JSON.stringify(content),
  ];
  return { text: PUT_NAMESPACE, values: [id, revision, namespace !== undefined, created, ...values] };
}

const putTypes = ({ revision, types }: ResourceTypesRow): SqlWrite => ({ text: PUT_TYPES, values: [revision, JSON.stringify(types)] });
