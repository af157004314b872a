import { option, optional } from '../option.js';
import { bool, list, text } from '../oslo-types.js';
import { filePorts, path } from './edge-types.js';

export const healthcheckOptions = {
  path: option(path(), '/healthcheck'),
  detailed: option(bool(), 'False'),
  /** Empty: whichever have a file to look for. */
  backends: option(list(), ''),
  disable_by_file_path: optional(text()),
  disable_by_file_paths: option(filePorts(), ''),
} as const;
