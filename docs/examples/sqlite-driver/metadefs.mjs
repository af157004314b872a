export const CATALOG_TABLES = `
CREATE TABLE IF NOT EXISTS namespace (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS resource_types (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, types TEXT NOT NULL);
`;

const UPSERT = 'INSERT INTO namespace (id, revision, row) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET revision = ?2, row = ?3 WHERE revision < ?2';
const UPSERT_TYPES = 'INSERT INTO resource_types (one, revision, types) VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET revision = ?1, types = ?2 WHERE revision < ?1';

export const catalogProjection = ({ METADEFS_STREAMS, namespaceRow, resourceTypesRow }) => ({
  name: 'metadef-catalog',
  streamPrefix: METADEFS_STREAMS,
  write(change) {
    const [row, types] = [namespaceRow(change), resourceTypesRow(change)];
    return [
      ...(row ? [{ sql: UPSERT, values: [row.id, row.revision, JSON.stringify(row)] }] : []),
      ...(types ? [{ sql: UPSERT_TYPES, values: [types.revision, JSON.stringify(types.types)] }] : []),
    ];
  },
});

/** A cloud has some hundred namespaces: each question reads them all. */
export function catalog(db, { listNamespaces, shownNamespaces }) {
  const rows = () => db.prepare('SELECT row FROM namespace').all().map(({ row }) => JSON.parse(row));
  const row = (id) => {
    const found = db.prepare('SELECT row FROM namespace WHERE id = ?').get(id);
    return found && JSON.parse(found.row);
  };
  return {
    find: async (name) => shownNamespaces(rows()).find(({ namespace }) => namespace.name === name)?.namespace,
    content: async (id) => row(id)?.content,
    list: async (query) => listNamespaces(rows(), query),
    known: async (ids) => new Set(ids.filter((id) => row(id) !== undefined)),
    resourceTypes: async () => JSON.parse(db.prepare('SELECT types FROM resource_types').get()?.types ?? '[]'),
  };
}
