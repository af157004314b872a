// Read models in SQLite, for one machine: `data_api = /path/to/driver.mjs`, `[read_model] url = /path/to/read.db`.
// Every promise that is kept here is told in docs/drivers.md; `npm test` holds it to the conformance suite.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { imageList, imageProjection, IMAGE_TABLES } from './images.mjs';
import { catalog, catalogProjection, CATALOG_TABLES } from './metadefs.mjs';
import { progress, taskList, taskProjections, TASK_TABLES } from './tasks.mjs';
import { usage, usageProjection, USAGE_TABLES } from './usage.mjs';

const TABLES = `
CREATE TABLE IF NOT EXISTS checkpoint (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
${IMAGE_TABLES}${USAGE_TABLES}${TASK_TABLES}${CATALOG_TABLES}`;

/** Writes of the projections are `{ sql, values }`; they and the checkpoint are one transaction. */
function target(db) {
  const read = db.prepare('SELECT position FROM checkpoint WHERE name = ?');
  read.setReadBigInts(true);
  const positionOf = (name) => read.get(name)?.position;
  const move = db.prepare('INSERT INTO checkpoint (name, position) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position = excluded.position');
  return {
    checkpoint: async (name) => positionOf(name),
    async apply(name, from, to, writes) {
      // Of two processes the second waits here, and then finds the checkpoint moved.
      db.exec('BEGIN IMMEDIATE');
      try {
        const stands = (positionOf(name) ?? 0n) === from;
        if (stands) {
          for (const { sql, values } of writes) db.prepare(sql).run(...values);
          move.run(name, to);
        }
        db.exec('COMMIT');
        return stands;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}

/** `now`: for tests. */
export function openAt(path, drivers, now = Date.now) {
  const db = new DatabaseSync(path, { timeout: 10_000 });
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLES}`);
  const list = taskList(db, drivers);
  return {
    db,
    name: 'sqlite',
    images: imageList(db, drivers),
    usage: usage(db, drivers, now),
    metadefs: catalog(db, drivers),
    tasks: { list, progress: progress(db, drivers) },
    projections: [imageProjection(drivers), usageProjection(drivers), catalogProjection(drivers), ...taskProjections(drivers)],
    target: target(db),
    close: async () => db.close(),
  };
}

export const driver = {
  /** The file can be open in many processes of one machine. */
  shared: true,
  open: async ({ url, stateDir }, drivers) => openAt(url?.replace(/^sqlite:/, '') ?? join(stateDir, 'read-model.db'), drivers),
};
