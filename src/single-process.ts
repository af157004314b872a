import { Logger } from '@nestjs/common';
import type { Settings } from '#settings';
import { changedOptions } from './changed-options.js';
import type { DatabaseAt } from './persistence.js';
import type { Service } from './service.js';
import type { ListeningApp } from './start-app.js';

/** What its owner takes over by itself. */
const TAKEN_OVER = new Set(
  ['debug', 'log_file', 'log_dir', 'use_json', 'use_stderr', 'use_journal', 'use_syslog', 'syslog_log_facility', 'log_rotation_type', 'max_logfile_size_mb', 'max_logfile_count']
    .map((option) => `[DEFAULT] ${option}`),
);

/** `workers = 0`: everything is done here. */
export class SingleProcess implements Service {
  private app: ListeningApp | undefined;

  constructor(private readonly settings: Settings) {}

  async start(database: Promise<DatabaseAt | undefined>): Promise<string> {
    const loading = import('./start-app.js');
    loading.catch(() => undefined);
    const at = await database;
    this.app = await (await loading).startApp(this.settings, at);
    return this.app.address;
  }

  async reload(settings: Settings): Promise<void> {
    const kept = changedOptions(this.settings.values, settings.values).filter((option) => !TAKEN_OVER.has(option));
    if (kept.length > 0) new Logger('Processes').warn(`changed, but with workers = 0 only a restart takes it over: ${kept.join(', ')}`);
  }

  async stop(graceMs: number): Promise<void> {
    await this.app?.stop(graceMs);
  }

  kill(): void {
    // There is nobody else.
  }
}
