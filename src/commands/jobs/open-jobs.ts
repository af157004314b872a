import { openJobRunner, type JobRunner } from '#apps/worker';
import { loadSettings, type Settings } from '#settings';
import { createsJobTables, DatabaseServer } from '../../database.js';
import { commandLine, type ConfigOptions } from '../config-options.js';
import { logAsTool } from '../tool-logging.js';

/** The jobs of a server in memory are nobody else's. */
export class JobsOutOfReach extends Error {
  readonly code = 'JobsOutOfReach';
  constructor() {
    super('the jobs are kept in the memory of the server ([event_store] url = memory:): only the server itself can reach them');
  }
}

/** As the configuration says. Fails with `JobsOutOfReach` where no other process can reach the jobs. */
export function settingsWithJobs(options: ConfigOptions): Settings {
  const loaded = loadSettings({ commandLine: commandLine(options) });
  logAsTool('afterimage-jobs', loaded);
  if (loaded.settings.jobs.kind === 'in-process') throw new JobsOutOfReach();
  return loaded.settings;
}

/** Opens the queues, which it neither works on nor waits for, and closes them after the work. */
export async function withJobs<T>(options: ConfigOptions, work: (jobs: JobRunner) => Promise<T>): Promise<T> {
  const settings = settingsWithJobs(options);
  const database = new DatabaseServer();
  const kill = () => database.kill();
  process.on('exit', kill);
  try {
    const url = settings.jobs.url ?? (await database.join(settings)).url;
    const jobs = await openJobRunner({ kind: settings.jobs.kind, url, createsTables: createsJobTables(settings) });
    try {
      return await work(jobs);
    } finally {
      await jobs.stop(0);
    }
  } finally {
    await database.stop();
    process.off('exit', kill);
  }
}

export const asJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
