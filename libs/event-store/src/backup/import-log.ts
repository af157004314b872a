import { stat } from 'node:fs/promises';
import { LogDiffers, LogFileDamaged, LogGap } from './backup.errors.js';
import { LogFileReader } from './log-file-reader.js';
import type { LogFileHeader, LogFileTrailer } from './log-file.js';
import type { LogTarget } from './log-transfer.js';

/** What a file holds, once it is known to be whole. */
export interface LogFileOutline extends LogFileTrailer {
  readonly file: string;
  readonly header: LogFileHeader;
}

export interface Watch {
  /** Its reason is thrown; what was written stays, and a further import goes on there. */
  readonly signal?: AbortSignal;
  /** Share of the file that is done, 0 to 1. */
  readonly progress?: (share: number) => void;
}

export interface Imported {
  /** Events that were written now. */
  readonly events: number;
  /** Events of the file that stood already. */
  readonly stood: number;
}

/**
 * Reads the whole file and answers what it holds. With `events` each event's digests are verified, otherwise only the
 * file's own, which is many times as fast and finds every change too. Fails with `LogFileDamaged`, `LogFileUnknown`.
 */
export async function verifyLogFile(file: string, { events = false, ...watch }: Watch & { events?: boolean } = {}): Promise<LogFileOutline> {
  const reader = new LogFileReader(file, { events });
  try {
    await followed(reader, file, watch);
  } catch (error) {
    // What a digest found, the events say more exactly.
    if (error instanceof LogFileDamaged && !events) await followed(new LogFileReader(file), file, watch);
    throw error;
  }
  const { header, trailer } = reader;
  if (!header || !trailer) throw new TypeError('a file was read to its end without one');
  return { file, header, ...trailer };
}

/**
 * Writes the events of a file that was verified into a log that is empty or has the same events up to some position, after
 * which it goes on. Fails with `LogGap` or `LogDiffers` before anything is changed.
 */
export async function importLog(outline: LogFileOutline, target: LogTarget, watch: Watch = {}): Promise<Imported> {
  const stands = target.end;
  if (await hasAll(outline, target)) return { events: 0, stood: outline.events };
  const reader = new LogFileReader(outline.file, { lookUp: (stream, revision) => target.chainAt(stream, revision) });
  let stood = 0;
  for await (const { events } of watched(reader, outline.file, watch)) {
    const fresh = events.filter(({ position }) => position > stands.position);
    const before = events[events.length - fresh.length - 1];
    if (before?.position === stands.position && !before.head.equals(stands.head)) throw new LogDiffers(stands.position, 'the database');
    if (fresh.length > 0) await target.take(fresh);
    stood += events.length - fresh.length;
  }
  return { events: reader.count - stood, stood };
}

/** Whether the log has all of the file's events; throws where it cannot go on with them. */
async function hasAll({ header: { after }, end }: LogFileOutline, target: LogTarget): Promise<boolean> {
  const stands = target.end.position;
  if (stands < after.position) throw new LogGap(stands, after.position + 1n);
  const common = stands < end.position ? after : end;
  if (!(await target.headAt(common.position)).equals(common.head)) throw new LogDiffers(common.position, 'the database');
  return stands >= end.position;
}

async function followed(reader: LogFileReader, file: string, watch: Watch): Promise<void> {
  for await (const _ of watched(reader, file, watch)) continue;
}

async function* watched(reader: LogFileReader, file: string, { signal, progress }: Watch): ReturnType<LogFileReader['read']> {
  const { size } = await stat(file);
  for await (const read of reader.read()) {
    signal?.throwIfAborted();
    yield read;
    progress?.(read.bytes / size);
  }
}
