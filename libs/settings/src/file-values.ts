import { readConfigFile } from './config-files.js';

/** Options of another service's files as they stand there; later files, and later lines, win. Throws `BadConfigFile`. */
export function fileValues(files: readonly string[]): (group: string, option: string) => string | undefined {
  const sources = files.map(readConfigFile).toReversed();
  return (group, option) => sources.map((source) => source.find([{ group, option }])?.values.at(-1)).find((value) => value !== undefined);
}
