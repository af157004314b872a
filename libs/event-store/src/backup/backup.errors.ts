/** A file of a log was changed after it was written, or is cut off. Nothing of it may be used before it is whole. */
export class LogFileDamaged extends Error {
  readonly code = 'LogFileDamaged';
  constructor(readonly file: string, readonly line: number, readonly why: string) {
    super(`${file} is damaged at line ${line}: ${why}. Take another copy of it, or export anew.`);
  }
}

/** A file that no export wrote, or a newer one than this. */
export class LogFileUnknown extends Error {
  readonly code = 'LogFileUnknown';
  constructor(readonly file: string, why: string) {
    super(`${file} cannot be read: ${why}`);
  }
}

/** Exports never write over a file, and go on only with what an export of the same log left. */
export class LogFileTaken extends Error {
  readonly code = 'LogFileTaken';
  constructor(readonly file: string, why: string) {
    super(`${file} ${why}. Name another file, or remove this one.`);
  }
}

/** The log already has events, and they are not those of the file. Nothing was changed. */
export class LogDiffers extends Error {
  readonly code = 'LogDiffers';
  constructor(position: bigint, where: string) {
    super(`${where} has another log: its events up to ${position} are not those of the file. Only an empty log, or the beginning of the same one, can be imported into.`);
  }
}

/** The file goes on after events that the log does not have. Nothing was changed. */
export class LogGap extends Error {
  readonly code = 'LogGap';
  constructor(has: bigint, first: bigint) {
    super(`the log ends at ${has}, and the file begins at ${first}: import the file with what lies between first`);
  }
}

/** Another process writes to the log. */
export class LogInUse extends Error {
  readonly code = 'LogInUse';
  constructor(where: string) {
    super(`a server runs on ${where}, or another import: stop it first; events are imported only where nobody else writes`);
  }
}

/** An import into this database was begun and did not come to its end. */
export class ImportUnfinished extends Error {
  readonly code = 'ImportUnfinished';
  constructor(reached: bigint, last: bigint) {
    super(`an import of the log is not finished (${reached} of ${last} events): run 'afterimage import' with the same file again, it goes on where it ended`);
  }
}
