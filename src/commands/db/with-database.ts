import type { Pool } from 'pg';
import { createPool } from '#event-store';
import { loadSettings, type Settings } from '#settings';
import { DatabaseServer } from '../../database.js';
import { logAsTool } from '../tool-logging.js';
import { toolSettings } from '../tool-options.js';
import type { DbOptions } from './actions.js';

/** One for Kysely, one beside it. */
const CONNECTIONS = 2;

export const NAME = 'glance-manage';

/** As the configuration says, with the log of the tool set up. */
export function dbSettings(options: DbOptions): Settings {
  const { commandLine, env } = toolSettings(options);
  const loaded = loadSettings({ commandLine, env });
  logAsTool(NAME, loaded);
  return loaded.settings;
}

/** Opens the database of the settings as it is, whether a server runs on it or not; and that of the events, where they are in another PostgreSQL. */
export async function withDatabase<T>(settings: Settings, work: (pool: Pool, url: string, events?: Pool) => Promise<T>): Promise<T> {
  const database = new DatabaseServer();
  const kill = () => database.kill();
  process.on('exit', kill);
  try {
    const { url, events } = await database.join(settings);
    const pool = createPool({ connectionString: url, max: CONNECTIONS });
    const apart = events?.kind === 'postgres' ? createPool({ connectionString: events.url, max: CONNECTIONS }) : undefined;
    try {
      return await work(pool, url, apart);
    } finally {
      await Promise.all([pool.end(), apart?.end()]);
    }
  } finally {
    await database.stop();
    process.off('exit', kill);
  }
}
