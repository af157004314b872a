/** A command failed in a way that leaves open whether its events were written: what they may tell of must stay. */
export class Undecided extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Codes of failures that say nothing of the data or the stores. */
const PASSING = new Set(['DatabaseUnavailable', 'ConcurrentChange', 'StreamBusy', 'KeystoneUnavailable', 'ServiceStopping', 'EventStoreUnavailable']);

/** PostgreSQL's codes of a connection or a server that goes away, and those of the network. */
const CONNECTION = /^(?:08|57P|53)|^(?:ECONNREFUSED|ECONNRESET|EPIPE)$/;

/** True for what may be otherwise in a minute: the work is to be tried again, not given up. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Undecided) return true;
  const code = 'code' in error ? String(error.code) : '';
  return PASSING.has(code) || CONNECTION.test(code) || /Connection terminated|timeout exceeded when trying to connect/.test(error.message);
}
