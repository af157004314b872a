import { sql } from 'kysely';
import type { Migrations } from '#event-store';

const TASK = [
  // What lists sort and filter by is never null: a missing text is ''.
  `CREATE TABLE afterimage.task (
    id uuid PRIMARY KEY,
    facts smallint NOT NULL,
    type text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    image_id text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3),
    doc jsonb NOT NULL
  )`,
  `CREATE INDEX task_by_created_at ON afterimage.task (created_at, id)`,
  `CREATE INDEX task_by_owner ON afterimage.task (owner, created_at, id)`,
  `CREATE INDEX task_by_image ON afterimage.task (image_id, created_at, id) WHERE image_id <> ''`,
  `CREATE INDEX task_open ON afterimage.task (id) WHERE ended_at IS NULL`,
  // Process state: lost in a crash, and of no use after it.
  `CREATE UNLOGGED TABLE afterimage.import_progress (
    task_id uuid NOT NULL,
    store text COLLATE "C" NOT NULL,
    bytes numeric NOT NULL,
    total numeric,
    PRIMARY KEY (task_id, store)
  )`,
];

export const TASK_MIGRATIONS: Migrations = {
  '0006-tasks': {
    async up(db) {
      for (const statement of TASK) await sql.raw(statement).execute(db);
    },
  },
};
