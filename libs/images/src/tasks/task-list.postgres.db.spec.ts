import { createPool, EVENT_STORE_MIGRATIONS, migrate, type SqlWrite } from '#event-store';
import { testDatabase } from '../../../../test/support/postgres.js';
import { IMAGE_MIGRATIONS } from '../read-model/image-list.migrations.js';
import { PostgresImportProgress } from './import-progress.postgres.js';
import { taskListContract } from './task-list.contract.js';
import { PostgresTaskList } from './task-list.postgres.js';
import { postgresImageTasksProjection, postgresTaskProjection } from './task-list.writes.js';
import { TASK_MIGRATIONS } from './task.migrations.js';

taskListContract('postgres', async () => {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url, max: 4 });
  await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS, ...TASK_MIGRATIONS });
  const write = async (writes: readonly SqlWrite[]) => {
    for (const { text, values } of writes) await pool.query(text, [...values]);
  };
  return {
    list: new PostgresTaskList(pool),
    progress: new PostgresImportProgress(pool),
    project: (change) => write(postgresTaskProjection.write(change)),
    projectImage: (change) => write(postgresImageTasksProjection.write(change)),
    clear: async () => void (await pool.query('TRUNCATE afterimage.task, afterimage.import_progress')),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
});
