/** An option has a value that cannot be used; the start stops. */
export class BadSetting extends Error {
  readonly code = 'BadSetting';
  /** `exitCode`: what the process ends with. */
  constructor(readonly group: string, readonly option: string, readonly value: string, readonly reason: string, readonly exitCode = 1) {
    super(`[${group}] ${option} = ${value}: ${reason}`);
  }
}

/** A configuration file cannot be read or is not INI. */
export class BadConfigFile extends Error {
  readonly code = 'BadConfigFile';
  constructor(readonly file: string, readonly reason: string, readonly line?: number) {
    super(`${file}${line === undefined ? '' : `:${line}`}: ${reason}`);
  }
}

export type SettingsError = BadSetting | BadConfigFile;
