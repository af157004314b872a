/** The stream's head is not the expected one; nothing was changed. Caught by the command handler. */
export class RevisionConflict extends Error {
  readonly code = 'RevisionConflict';
  constructor(readonly stream: string, readonly expected: number) {
    super(`stream ${stream} is not at revision ${expected}`);
  }
}

/** A command lost every race for 5 s. */
export class ConcurrentChange extends Error {
  readonly code = 'ConcurrentChange';
  constructor(readonly stream: string) {
    super('The resource is being changed by others at the same time; try again.');
  }
}

/** 64 commands already wait for this stream in this process. */
export class StreamBusy extends Error {
  readonly code = 'StreamBusy';
  constructor(readonly stream: string) {
    super('Too many requests wait for this resource; try again.');
  }
}

/** The stream has an event of a type or version that this process does not know (a newer one wrote it). */
export class UnknownEvent extends Error {
  readonly code = 'UnknownEvent';
  constructor(readonly stream: string, readonly type: string, readonly v: number) {
    super(`This process is too old to change the resource: it has an event ${type}.v${v}. Upgrade it.`);
  }
}

/** A stored event does not match its digest. */
export class EventCorrupt extends Error {
  readonly code = 'EventCorrupt';
  constructor(readonly stream: string, readonly revision: number, readonly why: string) {
    super(`event ${revision} of ${stream} is not what was written: ${why}`);
  }
}

/** The database cannot be reached now; what was asked may be asked again. */
export class DatabaseUnavailable extends Error {
  readonly code = 'DatabaseUnavailable';
  readonly headers = { 'retry-after': '1' };
  constructor(cause: unknown) {
    super('The database is not available; try again.', { cause });
  }
}

/** The database has no schema of ours, and nobody asked for one; nothing was created. */
export class SchemaMissing extends Error {
  readonly code = 'SchemaMissing';
  constructor() {
    super("the database is empty, and nothing was created in it: run 'afterimage db sync' (or glance-manage db_sync) with the same configuration, or set [DEFAULT] db_auto_create = True");
  }
}

/** The schema is older than this program; nothing was changed. */
export class SchemaOutdated extends Error {
  readonly code = 'SchemaOutdated';
  constructor(missing: readonly string[]) {
    super(`the schema of the database is older than this program (it lacks ${missing.join(', ')}): run 'afterimage db sync', or, while older programs still run on it, 'afterimage db expand' and 'afterimage db migrate'`);
  }
}

/** A newer program has taken away what this one needs. */
export class SchemaTooNew extends Error {
  readonly code = 'SchemaTooNew';
  constructor(contracted: readonly string[]) {
    super(`the database was made for a newer program (${contracted.join(', ')}): upgrade this one`);
  }
}

/** Programs that do not know what would be written may still run; nothing was changed. */
export class UpgradeUnfinished extends Error {
  readonly code = 'UpgradeUnfinished';
  constructor(readonly migration: string) {
    super("This becomes possible with the end of an upgrade: once no older program runs, run 'afterimage db contract'.");
  }
}

/** The event store takes no append of this size; nothing was written. */
export class EventsTooLarge extends Error {
  readonly code = 'EventsTooLarge';
  constructor(readonly bytes: number) {
    super(`What would be recorded of this request is more than the ${bytes} bytes that the event store takes at once.`);
  }
}

/** The event store drops events of these streams, or has dropped some. */
export class LogMayBeCut extends Error {
  readonly code = 'LogMayBeCut';
  constructor(readonly streams: readonly string[]) {
    super(`KurrentDB may drop events that are the only truth, or has dropped some: ${some(streams)}. Take $maxAge, $maxCount and $tb from the metadata of these streams, and restore what was dropped.`);
  }
}

const NAMED = 5;
const some = (names: readonly string[]): string => [...names.slice(0, NAMED), ...(names.length > NAMED ? [`${names.length - NAMED} more`] : [])].join(', ');

export type EventStoreError = EventsTooLarge | UpgradeUnfinished | RevisionConflict | ConcurrentChange | StreamBusy | UnknownEvent | EventCorrupt | DatabaseUnavailable;

/** The read models of a database are rebuilt, or verified, by one command at a time. */
export class RebuildRunning extends Error {
  readonly code = 'RebuildRunning';
  constructor() {
    super('the read models of this database are being rebuilt or verified by another command: wait until it has ended');
  }
}
