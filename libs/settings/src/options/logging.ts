import { formerly, option, optional } from '../option.js';
import { bool, facility, int, oneOfAnyCase, text } from '../oslo-types.js';

export const loggingOptions = {
  debug: option(bool(), 'False'),
  log_file: optional(text(), formerly('DEFAULT.logfile')),
  log_dir: optional(text(), formerly('DEFAULT.logdir')),
  use_json: option(bool(), 'False'),
  use_stderr: option(bool(), 'False'),
  use_syslog: option(bool(), 'False'),
  /** systemd puts standard error there. */
  use_journal: option(bool(), 'False'),
  syslog_log_facility: option(facility(), 'LOG_USER'),
  log_rotation_type: option(oneOfAnyCase('none', 'size', 'interval'), 'none'),
  max_logfile_size_mb: option(int(1), '200'),
  max_logfile_count: option(int(0), '30'),
  /** Ours: Glance has a line for every request, and no switch. */
  access_log: option(bool(), 'False'),
} as const;
