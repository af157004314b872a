import { Logger } from '@nestjs/common';
import { dirname, join } from 'node:path';
import type { LoadedSettings } from '#settings';
import { createLogger, NestLogger } from '../logging.js';

/** Logs where the settings say; in `log_dir`, to a file of the tool's own. */
export function logAsTool(name: string, { settings, warnings }: LoadedSettings): void {
  const { logging, values } = settings;
  const ownFile = logging.file !== undefined && !values.DEFAULT.log_file;
  const { rotation: _, ...plain } = logging;
  Logger.overrideLogger(new NestLogger(createLogger(ownFile ? { ...plain, file: join(dirname(logging.file ?? ''), `${name}.log`) } : plain)));
  const log = new Logger(name);
  for (const warning of warnings) log.warn(warning);
}
