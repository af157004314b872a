import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { EventCorrupt } from '../event-store.errors.js';
import { LogFileDamaged, LogFileUnknown } from './backup.errors.js';
import { LogCheck, type ChainLookup } from './log-check.js';
import { EMPTY_LOG, headerLine, isTrailer, LOG_FILE_VERSION, parseEvent, parseHeader, parseTrailer, trailerText, type LogFileHeader, type LogFileTrailer } from './log-file.js';
import type { NumberedEvent } from './numbered-event.js';
import { frameLength, isZstd, textOf } from './zstd-frames.js';

const CHUNK = 1024 * 1024;
/** A bound for a line, and for a frame that is not whole. */
const MOST_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Whole lines, and how many bytes of the file they and all before them take. */
interface Block {
  readonly text: Buffer;
  readonly bytes: number;
}

export interface ReadOptions {
  /** False: the lines are counted and hashed, events not looked at. Several times as fast. */
  readonly events?: boolean;
  /** The file is one that an export left before its end: what is not whole at its end is left out. */
  readonly partial?: boolean;
  readonly lookUp?: ChainLookup;
}

/** What stands in one block. */
export interface Read {
  readonly events: readonly NumberedEvent[];
  readonly bytes: number;
}

/**
 * Reads a file of a log once, in memory that does not grow with it: zstd as `export` writes it, or its plain text. Every event
 * given out was verified and follows the one before. `LogFileDamaged` names the line; that the file is whole is known only
 * at its end.
 */
export class LogFileReader {
  header: LogFileHeader | undefined;
  trailer: LogFileTrailer | undefined;
  /** Of all lines so far, but a trailer. */
  readonly hash: Hash = createHash('sha256');
  line = 0;
  count = 0;
  check = new LogCheck(EMPTY_LOG);

  constructor(private readonly file: string, private readonly options: ReadOptions = {}) {}

  async *read(): AsyncGenerator<Read> {
    for await (const { text, bytes } of this.blocks()) {
      const events: NumberedEvent[] = [];
      for (let from = 0; from < text.length; ) {
        const to = text.indexOf(LINE_FEED, from) + 1 || this.cutOff();
        const event = await this.take(text.subarray(from, to));
        if (event) events.push(event);
        from = to;
      }
      yield { events, bytes };
    }
    if (this.options.partial) return;
    if (!this.header) throw new LogFileUnknown(this.file, 'it is empty');
    if (!this.trailer) throw new LogFileDamaged(this.file, this.line + 1, 'its end is missing, so the export was not finished or the file was cut off');
  }

  /** Answers only events. */
  private async take(line: Buffer): Promise<NumberedEvent | undefined> {
    this.line += 1;
    const text = line.toString('utf8', 0, line.length - 1);
    if (this.trailer) throw this.damaged('there is something after its end');
    if (!this.header) this.begin(text);
    else if (isTrailer(text)) return this.finish(text, this.header);
    else this.count += 1;
    this.hash.update(line);
    return this.line === 1 || this.options.events === false ? undefined : this.event(text);
  }

  private begin(text: string): void {
    const header = parseHeader(text);
    if (!header) throw new LogFileUnknown(this.file, "its first line is not that of a file which 'afterimage export' wrote");
    if (header.version !== LOG_FILE_VERSION) throw new LogFileUnknown(this.file, `it is of version ${header.version}, and this program reads ${LOG_FILE_VERSION}: use the Afterimage that wrote it, or a newer one`);
    if (headerLine(header) !== text || header.last < header.after.position) throw this.damaged('it is not the first line as it was written');
    this.header = header;
    this.check = new LogCheck(header.after, this.options.lookUp);
  }

  private async event(text: string): Promise<NumberedEvent> {
    const event = parseEvent(text);
    if (!event) throw this.damaged('it is not an event as it was written');
    if (event.position !== this.check.end.position + 1n) throw this.damaged(`event ${this.check.end.position + 1n} should stand here`);
    try {
      return await this.check.follow(event);
    } catch (error) {
      throw error instanceof EventCorrupt ? this.damaged(error.message) : error;
    }
  }

  private finish(text: string, header: LogFileHeader): undefined {
    const trailer = parseTrailer(text);
    if (!trailer) throw this.damaged('it is not the last line as it was written');
    if (trailer.events !== this.count || trailer.end.position !== header.last || header.last - header.after.position !== BigInt(this.count)) throw this.damaged(`it has ${this.count} events, which is not what it says`);
    if (this.options.events !== false && !trailer.end.head.equals(this.check.end.head)) throw this.damaged('its events do not lead to its head');
    if (!this.hash.copy().update(trailerText(trailer)).digest().equals(trailer.sha256)) throw this.damaged('its digest does not fit: something in it was changed');
    this.trailer = trailer;
  }

  private async *blocks(): AsyncGenerator<Block> {
    let rest: Buffer = Buffer.alloc(0);
    let bytes = 0;
    let zstd: boolean | undefined;
    for await (const chunk of createReadStream(this.file, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      zstd ??= isZstd(rest);
      for (let part = await this.next(rest, zstd); part; part = await this.next(rest, zstd)) {
        rest = rest.subarray(part.length);
        bytes += part.length;
        yield { text: part.text, bytes };
      }
      if (rest.length > MOST_BYTES) throw new LogFileUnknown(this.file, 'it was packed anew as one piece: unpack it with zstd -d, and give the text');
    }
    if (rest.length > 0 && !this.options.partial) this.cutOff();
  }

  /** The next frame, or all whole lines. What cannot be read ends a partial file. */
  private async next(bytes: Buffer, zstd: boolean): Promise<{ readonly length: number; readonly text: Buffer } | undefined> {
    try {
      const length = zstd ? frameLength(bytes) : bytes.lastIndexOf(LINE_FEED) + 1 || undefined;
      if (length === undefined) return undefined;
      const part = bytes.subarray(0, length);
      return { length, text: zstd ? await textOf(part) : part };
    } catch (error) {
      if (this.options.partial) return undefined;
      throw this.damaged(error instanceof Error ? error.message : String(error), 1);
    }
  }

  private cutOff(): never {
    throw this.damaged('it is cut off', 1);
  }

  private damaged(why: string, further = 0): LogFileDamaged {
    return new LogFileDamaged(this.file, this.line + further, why);
  }
}
