import { sql } from 'kysely';
import type { Migrations } from '#event-store';

/** `doc` and `content` are json, not jsonb: they are never searched, and keep the order of their keys. */
const METADEFS = [
  `CREATE TABLE afterimage.metadef_namespace (
    id uuid PRIMARY KEY,
    revision int NOT NULL,
    live boolean NOT NULL,
    created text COLLATE "C" NOT NULL,
    named text COLLATE "C",
    name text COLLATE "C",
    display_name text COLLATE "C",
    description text COLLATE "C",
    visibility text COLLATE "C",
    protected text COLLATE "C",
    owner text COLLATE "C",
    created_at text COLLATE "C",
    updated_at text COLLATE "C",
    resource_types text[],
    doc json,
    content json
  )`,
  `CREATE INDEX metadef_namespace_by_name ON afterimage.metadef_namespace (name, named) WHERE live`,
  `CREATE TABLE afterimage.metadef_resource_types (one boolean PRIMARY KEY CHECK (one), revision int NOT NULL, types json NOT NULL)`,
];

export const METADEFS_MIGRATIONS: Migrations = {
  '0003-metadefs': {
    async up(db) {
      for (const statement of METADEFS) await sql.raw(statement).execute(db);
    },
  },
};
