export const TASK_TABLES = `
CREATE TABLE IF NOT EXISTS task (id TEXT PRIMARY KEY, facts INTEGER NOT NULL, type TEXT NOT NULL, image_id TEXT, created_at TEXT NOT NULL, ended_at TEXT, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS task_by_image ON task (image_id, created_at, id);
CREATE TABLE IF NOT EXISTS import_progress (task_id TEXT NOT NULL, store TEXT NOT NULL, bytes INTEGER NOT NULL, total INTEGER, PRIMARY KEY (task_id, store)) WITHOUT ROWID;
`;

const UPSERT = `INSERT INTO task (id, facts, type, image_id, created_at, ended_at, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
  ON CONFLICT (id) DO UPDATE SET facts = ?2, type = ?3, image_id = ?4, created_at = ?5, ended_at = ?6, doc = ?7 WHERE facts <= ?2`;

/** Tasks come from streams of their own and from the imports of images. */
export const taskProjections = ({ changedImageTasks, changedTasks, factsOf, IMAGE_STREAMS, TASK_STREAMS }) =>
  [['task', TASK_STREAMS, changedTasks], ['image-tasks', IMAGE_STREAMS, (change) => changedImageTasks(change, IMAGE_STREAMS)]].map(([name, streamPrefix, tasksOf]) => ({
    name,
    streamPrefix,
    write: (change) => tasksOf(change).map((task) => ({
      sql: UPSERT, values: [task.id, factsOf(task), task.type, task.imageId, task.createdAt, task.endedAt, JSON.stringify(task)],
    })),
  }));

export function taskList(db, { listTasks }) {
  const docs = (sql, ...values) => db.prepare(sql).all(...values).map(({ doc }) => JSON.parse(doc));
  return {
    find: async (id) => docs('SELECT doc FROM task WHERE id = ?', id.toLowerCase())[0],
    list: async (query) => listTasks(docs('SELECT doc FROM task WHERE ended_at IS NULL OR ended_at > ?', query.endedAfter), query),
    ofImage: async (imageId) => docs('SELECT doc FROM task WHERE image_id = ? ORDER BY created_at, id', imageId.toLowerCase()),
    open: async (after, limit) =>
      db.prepare("SELECT id FROM task WHERE type = 'import' AND ended_at IS NULL AND id > ? ORDER BY id LIMIT ?").all(after ?? '', limit).map(({ id }) => id),
  };
}

/** Of the past, like everything that is told about a copy under way: it may be lost. */
export function progress(db, { percentageOf }) {
  const open = db.prepare('SELECT 1 FROM task WHERE id = ? AND ended_at IS NULL');
  const set = db.prepare('INSERT INTO import_progress (task_id, store, bytes, total) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (task_id, store) DO UPDATE SET bytes = ?3, total = ?4');
  const of = db.prepare('SELECT store, bytes, total FROM import_progress WHERE task_id = ? ORDER BY store');
  return {
    async set(taskId, store, bytes, total) {
      if (open.get(taskId.toLowerCase())) set.run(taskId.toLowerCase(), store, bytes, total ?? null);
    },
    of: async (taskId) => (open.get(taskId.toLowerCase()) ? of.all(taskId.toLowerCase()).map((row) => ({ ...row, percentage: percentageOf(row.bytes, row.total) })) : []),
  };
}
