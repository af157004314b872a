import { Logger } from '@nestjs/common';
import type { AdminPages } from '#apps/api';
import type { Settings } from '#settings';
import { createsJobTables } from './database.js';
import type { DatabaseAt } from './persistence.js';

const PATH = '/jobs';

/** The board of the queues, where the settings want one. Its program is loaded only then. */
export async function jobBoard(settings: Settings, database: DatabaseAt | undefined): Promise<{ readonly adminPages?: AdminPages }> {
  const { jobs } = settings;
  if (!jobs.board) return {};
  if (jobs.kind === 'in-process') {
    new Logger('Jobs').warn('[jobs] board: jobs that are kept in memory have no board');
    return {};
  }
  const { openJobBoard } = await import('#apps/worker');
  const board = await openJobBoard({ kind: jobs.kind, url: jobs.url ?? database?.url, createsTables: createsJobTables(settings) }, PATH);
  return { adminPages: { path: PATH, plugin: board.plugin, refresh: () => board.refresh(), close: () => board.close() } };
}
