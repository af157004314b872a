import { resolve } from 'node:path';
import type { Values } from './options/index.js';

export interface LoggingSettings {
  readonly debug: boolean;
  readonly json: boolean;
  /** Undefined: standard error. */
  readonly file?: string;
  /** Beside the file. */
  readonly stderr: boolean;
  /** Facility of the system's log, `LOG_USER`; undefined: it gets nothing. */
  readonly syslog?: string;
  /** Undefined: the file grows until somebody else moves it. */
  readonly rotation?: { readonly bytes: number; readonly count: number };
  /** Every request has a line. */
  readonly access: boolean;
}

/** The name that Glance's own file has, since what collects and rotates logs knows it. */
const FILE_NAME = 'glance-api.log';

function logFile({ DEFAULT: { log_file: file, log_dir: directory } }: Values): string | undefined {
  if (!file) return directory ? resolve(directory, FILE_NAME) : undefined;
  return resolve(directory ?? '.', file);
}

export function loggingOf(values: Values, warn: (text: string) => void): LoggingSettings {
  const { DEFAULT: own } = values;
  if (own.log_rotation_type === 'interval') warn('[DEFAULT] log_rotation_type = interval is not served: use size, or logrotate, which needs no signal');
  return {
    debug: own.debug,
    json: own.use_json,
    file: logFile(values),
    stderr: own.use_stderr || own.use_journal,
    ...(own.use_syslog ? { syslog: own.syslog_log_facility } : {}),
    ...(own.log_rotation_type === 'size' ? { rotation: { bytes: own.max_logfile_size_mb * 2 ** 20, count: own.max_logfile_count } } : {}),
    access: own.access_log,
  };
}
