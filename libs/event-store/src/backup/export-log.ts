import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { EventStore } from '../event-store.js';
import { LogDiffers, LogFileTaken } from './backup.errors.js';
import { LogCheck } from './log-check.js';
import { LogFileReader } from './log-file-reader.js';
import { EMPTY_LOG, eventLine, headerLine, LOG_FILE_VERSION, type LogEnd, type LogFileHeader } from './log-file.js';
import { fileSink, LogFileWriter, partOf, streamSink, type Sink } from './log-file-writer.js';
import type { NumberedEvent } from './numbered-event.js';
import { numberedLog, type NumberedLog } from './numbered-log.js';

const PAGE = 1_000;

export interface ExportLog {
  readonly store: EventStore;
  readonly site: string;
  /** A file that is not there yet, or a stream, which is not ended. */
  readonly to: string | Writable;
  /** Where an earlier export of this log ended: only what came later is written. */
  readonly after?: LogEnd;
  /** Its reason is thrown; what was written to a file stays for another time. */
  readonly signal?: AbortSignal;
  /** How many events are written and how many it will be. */
  readonly progress?: (done: number, of: number) => void;
}

export interface Exported {
  /** All events of the file, those of an interrupted export included. */
  readonly events: number;
  readonly after: bigint;
  readonly end: LogEnd;
  /** Events that an interrupted export had written. */
  readonly resumed: number;
}

/** A file that was begun. */
interface Begun {
  readonly header: LogFileHeader;
  readonly check: LogCheck;
  readonly writer: LogFileWriter;
  readonly resumed: number;
}

/**
 * Writes the log up to the head that it has now, each event verified. A file is written under the name `<to>.part`, and has
 * its name only when it is whole; where such a part is, the export goes on after its last whole frame, up to the head that
 * it was to reach. Fails with `LogFileTaken`, `LogDiffers`, `EventCorrupt`.
 */
export async function exportLog(options: ExportLog): Promise<Exported> {
  const log = numberedLog(options.store);
  const { header, check, writer, resumed } = await begin(options, log);
  try {
    for await (const event of eventsAfter(log, check.end, header.last)) {
      options.signal?.throwIfAborted();
      const known = event.head;
      const { position, head } = await check.follow(event);
      if (!known.equals(head)) throw new LogDiffers(position, 'this database');
      await writer.line(eventLine(event));
      options.progress?.(Number(position - header.after.position), Number(header.last - header.after.position));
    }
    const events = Number(check.end.position - header.after.position);
    await writer.finish({ events, end: check.end });
    return { events, after: header.after.position, end: check.end, resumed };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function begin(options: ExportLog, log: NumberedLog): Promise<Begun> {
  const { to } = options;
  if (typeof to !== 'string') return anew(options, log, () => streamSink(to));
  if (await exists(to)) throw new LogFileTaken(to, 'is there already');
  const left = (await exists(partOf(to))) ? await leftIn(partOf(to)) : undefined;
  if (!left) return anew(options, log, () => fileSink(to, 0));
  const { header, check, reader, bytes } = left;
  if (header.site !== options.site || (options.after && !options.after.head.equals(header.after.head))) throw new LogFileTaken(partOf(to), 'is what is left of an export of another log, or of another part of it');
  await verifyEnd(log, check.end, partOf(to));
  return { header, check: resumedCheck(log, check.end), writer: new LogFileWriter(await fileSink(to, bytes), reader.hash), resumed: reader.count };
}

async function anew({ site, after = EMPTY_LOG }: ExportLog, log: NumberedLog, open: () => Sink | Promise<Sink>): Promise<Begun> {
  await verifyEnd(log, after, 'the earlier export');
  const header: LogFileHeader = { version: LOG_FILE_VERSION, site, engine: log.name, createdAt: new Date().toISOString(), after, last: (await log.end()).position };
  const writer = new LogFileWriter(await open());
  await writer.line(headerLine(header));
  return { header, check: resumedCheck(log, after), writer, resumed: 0 };
}

const resumedCheck = (log: NumberedLog, end: LogEnd): LogCheck =>
  new LogCheck(end, async (stream, revision) => (await log.readStream(stream, { from: revision, limit: 1 }))[0]?.chain);

/** What an interrupted export wrote in whole frames; undefined where not even its first line is. */
async function leftIn(part: string): Promise<{ header: LogFileHeader; check: LogCheck; reader: LogFileReader; bytes: number } | undefined> {
  const reader = new LogFileReader(part, { partial: true });
  let bytes = 0;
  for await (const read of reader.read()) {
    if (reader.trailer) break;
    bytes = read.bytes;
  }
  return reader.header && { header: reader.header, check: reader.check, reader, bytes };
}

async function verifyEnd(log: NumberedLog, { position, head }: LogEnd, where: string): Promise<void> {
  if (position === 0n) return;
  const [event] = await log.read(position - 1n, 1);
  if (event?.position !== position || !event.head.equals(head)) throw new LogDiffers(position, where);
}

async function* eventsAfter(log: NumberedLog, { position }: LogEnd, to: bigint): AsyncGenerator<NumberedEvent> {
  for (let after = position; after < to; ) {
    const left = to - after;
    const events = await log.read(after, left < PAGE ? Number(left) : PAGE);
    const last = events.at(-1);
    if (!last) throw new Error(`the log has no event after ${after}, though it should go on to ${to}`);
    yield* events;
    after = last.position;
  }
}

const exists = (file: string): Promise<boolean> => stat(file).then(() => true, () => false);
