import { GENESIS } from '../envelope.js';
import type { LoggedEvent } from '../event.js';

export const LOG_FILE_FORMAT = 'afterimage-log';
export const LOG_FILE_VERSION = 1;

/** Where a log ends: the position of its last event (0: it has none) and the head there. */
export interface LogEnd {
  readonly position: bigint;
  readonly head: Buffer;
}

export const EMPTY_LOG: LogEnd = { position: 0n, head: GENESIS };

/** The first line: which part of which log the file holds. */
export interface LogFileHeader {
  readonly version: number;
  readonly site: string;
  readonly engine: string;
  readonly createdAt: string;
  /** End of the log before the file's first event. */
  readonly after: LogEnd;
  /** Position of the file's last event. */
  readonly last: bigint;
}

/** The last line. A file without it is not whole. */
export interface LogFileTrailer {
  readonly events: number;
  readonly end: LogEnd;
  /** SHA-256 of everything in the text before this digest: all lines before, and this one up to the comma. */
  readonly sha256: Buffer;
}

const hex = (bytes: Buffer): string => bytes.toString('hex');
const bytesOf = (text: unknown): Buffer => Buffer.from(String(text), 'hex');
const placeOf = (value: unknown): bigint => (Number.isSafeInteger(value) && Number(value) >= 0 ? BigInt(Number(value)) : -1n);

export function headerLine({ version, site, engine, createdAt, after, last }: LogFileHeader): string {
  return JSON.stringify({ format: LOG_FILE_FORMAT, version, site, engine, createdAt, first: Number(after.position) + 1, last: Number(last), previousHead: hex(after.head) });
}

/** What the body says as well (id, type, version) stands only there. */
export function eventLine({ position, stream, revision, recordedAt, body, data, salt, chain }: LoggedEvent): string {
  return JSON.stringify({ position: Number(position), stream, revision, recordedAt: recordedAt.toISOString(), body, data, salt: hex(salt), chain: hex(chain) });
}

/** What of the last line its own digest covers. */
export function trailerText({ events, end }: Omit<LogFileTrailer, 'sha256'>): string {
  return JSON.stringify({ end: LOG_FILE_FORMAT, events, last: Number(end.position), head: hex(end.head) }).slice(0, -1);
}

export const trailerLine = (trailer: LogFileTrailer): string => `${trailerText(trailer)},"sha256":"${hex(trailer.sha256)}"}`;

type Parts = Readonly<Record<string, unknown>>;

/** Undefined: it is not a header. Of another version only that is known for sure. */
export function parseHeader(line: string): LogFileHeader | undefined {
  const { format, version, site, engine, createdAt, first, last, previousHead } = partsOf(line);
  if (format !== LOG_FILE_FORMAT || typeof version !== 'number') return undefined;
  const after = { position: placeOf(first) - 1n, head: bytesOf(previousHead) };
  return { version, site: String(site), engine: String(engine), createdAt: String(createdAt), after, last: placeOf(last) };
}

export const isTrailer = (line: string): boolean => line.startsWith('{"end":');

/** Undefined: it is not a trailer as one is written. */
export function parseTrailer(line: string): LogFileTrailer | undefined {
  const { events, last, head, sha256 } = partsOf(line);
  const trailer = { events: Number(events), end: { position: placeOf(last), head: bytesOf(head) }, sha256: bytesOf(sha256) };
  return trailerLine(trailer) === line ? trailer : undefined;
}

/** Undefined: it is not an event as one is written. Its digests are not looked at, and its head is the caller's to know. */
export function parseEvent(line: string): Omit<LoggedEvent, 'head'> | undefined {
  const { position, stream, revision, recordedAt, body, data, salt, chain } = partsOf(line);
  const { id, type, v } = partsOf(body);
  if (typeof id !== 'string' || typeof type !== 'string' || typeof v !== 'number') return undefined;
  const at = new Date(String(recordedAt));
  if (Number.isNaN(at.getTime())) return undefined;
  const event = {
    id, type, v, stream: String(stream), revision: Number(revision), recordedAt: at, body: String(body),
    data: typeof data === 'string' ? data : null, salt: bytesOf(salt), chain: bytesOf(chain), position: placeOf(position),
  };
  return eventLine({ ...event, head: GENESIS }) === line ? event : undefined;
}

function partsOf(text: unknown): Parts {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null ? (value as Parts) : {};
  } catch {
    return {};
  }
}
