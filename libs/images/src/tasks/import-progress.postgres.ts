import type { Pool } from 'pg';
import { isUuid } from '../read-model/sql-values.js';
import { percentageOf, type ImportProgress, type StoreProgress } from './import-progress.js';

const SET = `INSERT INTO afterimage.import_progress (task_id, store, bytes, total)
  SELECT id, $2, $3, $4 FROM afterimage.task WHERE id = $1 AND ended_at IS NULL
  ON CONFLICT (task_id, store) DO UPDATE SET bytes = excluded.bytes, total = excluded.total`;
const OF = `SELECT store, bytes, total FROM afterimage.import_progress
  WHERE task_id = $1 AND EXISTS (SELECT FROM afterimage.task WHERE id = $1 AND ended_at IS NULL) ORDER BY store`;

/** In a table that no crash has to keep. */
export class PostgresImportProgress implements ImportProgress {
  constructor(private readonly pool: Pool) {}

  async set(taskId: string, store: string, bytes: number, total?: number): Promise<void> {
    if (isUuid(taskId)) await this.pool.query({ name: 'progress-set', text: SET, values: [taskId, store, bytes, total ?? null] });
  }

  async of(taskId: string): Promise<readonly StoreProgress[]> {
    if (!isUuid(taskId)) return [];
    const { rows } = await this.pool.query<{ store: string; bytes: string; total: string | null }>({ name: 'progress-of', text: OF, values: [taskId] });
    return rows.map(({ store, bytes, total }) => {
      const of = total === null ? null : Number(total);
      return { store, bytes: Number(bytes), total: of, percentage: percentageOf(Number(bytes), of) };
    });
  }
}
