import { Logger } from '@nestjs/common';
import { loadSettings, type CommandLine, type Settings } from '#settings';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded-postgres.js';
import { createLogger, NestLogger } from '../logging.js';
import { Shutdown } from '../shutdown.js';
import { greeting } from './greeting.js';

interface App {
  readonly address: string;
  stop(graceMs: number): Promise<void>;
}

/** How long a running request may take once the end is asked for; the whole end has 10 s. */
const GRACE_MS = 5000;
/** 16 for HTTP, 8 and four queues with their listeners for the background, the rest in reserve. */
const MAX_CONNECTIONS = 100;

/** The parts in the order of their start. */
class Parts {
  postgres: EmbeddedPostgres | undefined;
  app: App | undefined;

  async start(settings: Settings, tell: (text: string) => void): Promise<App> {
    const loading = import('../start-app.js');
    loading.catch(() => undefined);
    if (settings.eventStore.kind === 'embedded') {
      this.postgres = await startEmbeddedPostgres({ stateDir: settings.stateDir, maxConnections: MAX_CONNECTIONS, tell });
    }
    const url = this.postgres?.url ?? settings.eventStore.url;
    const { startApp } = await loading;
    this.app = await startApp(settings, url === undefined ? undefined : { url });
    return this.app;
  }

  async stop(): Promise<void> {
    try {
      await this.app?.stop(GRACE_MS);
    } finally {
      await this.postgres?.stop();
    }
  }
}

/** Serves until a signal; then ends the process itself. */
export async function serve(commandLine: CommandLine, version: string): Promise<void> {
  const { settings, warnings } = loadSettings({ commandLine });
  const parts = new Parts();
  const shutdown = new Shutdown(() => parts.postgres?.kill());
  const logger = createLogger(settings.logging);
  Logger.overrideLogger(new NestLogger(logger));
  for (const warning of warnings) logger.warn(warning);
  try {
    const app = await parts.start(settings, (text) => logger.info(text));
    void parts.postgres?.ended.then(() => shutdown.request({ text: 'PostgreSQL ended by itself; its log says why', exitCode: 1 }));
    process.stdout.write(greeting(settings, app.address, version));
  } catch (error) {
    await parts.stop();
    throw error;
  }
  const reason = await shutdown.requested;
  logger[reason.exitCode === 0 ? 'info' : 'error'](`stopping: ${reason.text}`);
  await parts.stop();
  logger.info('stopped');
  process.exit(reason.exitCode);
}
