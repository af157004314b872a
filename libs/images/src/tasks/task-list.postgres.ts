import type { Pool } from 'pg';
import { MarkerNotFound } from '../read-model/image-list.errors.js';
import { isUuid, SqlValues } from '../read-model/sql-values.js';
import { isExpired, seesTask, TASK_FILTER_KEYS, type TaskList, type TaskQuery, type TaskSortKey } from './task-list.js';
import type { Task } from './task.js';

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const EXPRESSIONS: Readonly<Partial<Record<TaskSortKey, string>>> = { id: 'id::text COLLATE "C"', expires_at: "coalesce(ended_at, 'infinity')" };

/** Reads the table that the projections of tasks and images write. */
export class PostgresTaskList implements TaskList {
  constructor(private readonly pool: Pool) {}

  async find(id: string): Promise<Task | undefined> {
    if (!isUuid(id)) return undefined;
    return (await this.docs({ name: 'task-find', text: 'SELECT doc FROM afterimage.task WHERE id = $1', values: [id] }))[0];
  }

  async list(query: TaskQuery): Promise<readonly Task[]> {
    const { filters, sort, limit, marker } = query;
    if (marker !== undefined) await this.refuseMarker(marker, query);
    const { put, all } = new SqlValues();
    const conditions = [
      `(ended_at IS NULL OR ended_at > ${put(query.endedAfter, 'timestamptz')})`,
      ...(query.viewer.admin ? [] : [`owner IN ('', ${put(query.viewer.project ?? '', 'text')})`]),
      ...TASK_FILTER_KEYS.flatMap((key) => (filters[key] === undefined ? [] : [`${key === 'id' ? 'id::text' : key} = ${put(filters[key], 'text')}`])),
    ];
    const key = EXPRESSIONS[sort.key] ?? sort.key;
    if (marker !== undefined) {
      const after = `(SELECT ${key}, created_at, id FROM afterimage.task WHERE id = ${put(marker, 'uuid')})`;
      conditions.push(`(${key}, created_at, id) ${sort.direction === 'asc' ? '>' : '<'} ${after}`);
    }
    const order = [key, 'created_at', 'id'].map((each) => `${each} ${sort.direction}`).join(', ');
    return this.docs({ text: `SELECT doc FROM afterimage.task WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ${put(limit, 'bigint')}`, values: all });
  }

  ofImage(imageId: string): Promise<readonly Task[]> {
    const text = "SELECT doc FROM afterimage.task WHERE image_id = $1 AND image_id <> '' ORDER BY created_at, id";
    return this.docs({ name: 'task-of-image', text, values: [imageId.toLowerCase()] });
  }

  async open(after: string | undefined, limit: number): Promise<readonly string[]> {
    const text = "SELECT id FROM afterimage.task WHERE ended_at IS NULL AND type = 'import' AND id > $1::uuid ORDER BY id LIMIT $2";
    return (await this.pool.query<{ id: string }>(text, [after ?? FIRST_ID, limit])).rows.map(({ id }) => id);
  }

  private async refuseMarker(marker: string, { viewer, endedAfter }: TaskQuery): Promise<void> {
    const task = await this.find(marker);
    if (!task || !seesTask(viewer, task) || isExpired(task, endedAfter)) throw new MarkerNotFound(marker);
  }

  private async docs(statement: { readonly name?: string; readonly text: string; readonly values: unknown[] }): Promise<Task[]> {
    return (await this.pool.query<{ doc: Task }>(statement)).rows.map(({ doc }) => doc);
  }
}
