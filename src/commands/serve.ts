import { Logger } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { loadSettings, redactUrls, type CommandLine, type LoadedSettings, type Settings } from '#settings';
import { DatabaseServer } from '../database.js';
import { withReadModelModule } from '../drivers/load-driver.js';
import { onHangUp } from '../hang-up.js';
import { createLogger, NestLogger } from '../logging.js';
import type { Service } from '../service.js';
import { Shutdown } from '../shutdown.js';
import { greeting } from './greeting.js';

/** How long a running request may take once the end is asked for; the whole end has 10 s. */
const GRACE_MS = 5000;

const logger = new Logger('Server');

function logAs({ logging, workers }: Settings): void {
  Logger.overrideLogger(new NestLogger(createLogger({ ...logging, pid: workers > 0 })));
}

async function serviceOf(settings: Settings): Promise<Service> {
  if (settings.workers === 0) return new (await import('../single-process.js')).SingleProcess(settings);
  return new (await import('../processes/primary.js')).Primary(settings);
}

/** Reads the settings anew, one time after the other; what is wrong with them is told, and all stays as it is. */
class Reloads {
  /** The first waits for the start. */
  private last: Promise<void>;

  constructor(private readonly commandLine: CommandLine, private readonly service: Service, private logging: Settings['logging'], started: Promise<void>) {
    this.last = started;
  }

  request(): void {
    this.last = this.last.then(() => this.reload()).catch((error: unknown) => {
      logger.error(redactUrls(`the settings stay as they are: ${error instanceof Error ? error.message : String(error)}`));
    });
  }

  private async reload(): Promise<void> {
    logger.log('SIGHUP: reading the settings anew');
    const { settings: loaded, warnings } = loadSettings({ commandLine: this.commandLine });
    const settings = await withReadModelModule(loaded);
    for (const warning of warnings) logger.warn(warning);
    await this.service.reload(settings);
    if (!isDeepStrictEqual(settings.logging, this.logging)) logAs(settings);
    this.logging = settings.logging;
  }
}

/** Serves until a signal; then ends the process itself. */
export async function serve(commandLine: CommandLine, version: string): Promise<void> {
  const { settings: loaded, warnings }: LoadedSettings = loadSettings({ commandLine });
  logAs(loaded);
  const settings = await withReadModelModule(loaded);
  const database = new DatabaseServer();
  const service = await serviceOf(settings);
  const shutdown = new Shutdown(() => {
    service.kill();
    database.kill();
  });
  const stop = async () => {
    try {
      await service.stop(GRACE_MS);
    } finally {
      await database.stop();
    }
  };
  for (const warning of warnings) logger.warn(warning);
  const databaseEnded = () => shutdown.request({ text: 'PostgreSQL ended by itself; its log says why', exitCode: 1 });
  const started = Promise.withResolvers<void>();
  const reloads = new Reloads(commandLine, service, settings.logging, started.promise);
  onHangUp({ reload: () => reloads.request(), end: () => shutdown.request({ text: 'the terminal is gone', exitCode: 0 }) });
  try {
    const address = await service.start(database.start(settings, (text) => logger.log(text), databaseEnded));
    process.stdout.write(greeting(settings, address, version));
  } catch (error) {
    await stop();
    throw error;
  }
  started.resolve();
  const reason = await shutdown.requested;
  logger[reason.exitCode === 0 ? 'log' : 'error'](`stopping: ${reason.text}`);
  await stop();
  logger.log('stopped');
  process.exit(reason.exitCode);
}
