import { createHash, type Hash } from 'node:crypto';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { trailerLine, trailerText, type LogFileTrailer } from './log-file.js';
import { frameOf } from './zstd-frames.js';

/** Text of a frame: what an interrupted export loses at most. */
const FRAME = 1024 * 1024;

/** Takes bytes in order. */
export interface Sink {
  write(bytes: Buffer): Promise<void>;
  /** Everything was written and is to stay. */
  finish(): Promise<void>;
  /** Leaves what was written for another time. */
  abandon(): Promise<void>;
}

/** Writes to `<file>.part`, after the bytes that are to be kept of it, and gives it its name at the end. */
export async function fileSink(file: string, keep: number): Promise<Sink> {
  const part = partOf(file);
  const handle = await open(part, keep === 0 ? 'w' : 'r+');
  await handle.truncate(keep);
  let at = keep;
  return {
    async write(bytes) {
      await writeAll(handle, bytes, at);
      at += bytes.length;
    },
    async finish() {
      await handle.sync();
      await handle.close();
      await rename(part, file);
      const folder = await open(dirname(file));
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
    abandon: () => handle.close(),
  };
}

export const partOf = (file: string): string => `${file}.part`;

async function writeAll(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

/** Does not end the stream. */
export function streamSink(stream: Writable): Sink {
  const failed = finished(stream, { cleanup: true, readable: false });
  failed.catch(() => undefined);
  const write = (bytes: Buffer) => new Promise<void>((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve())));
  return { write: (bytes) => Promise.race([write(bytes), failed]), finish: async () => undefined, abandon: async () => undefined };
}

/** Packs lines into frames; while one is packed and written, the next is filled. */
export class LogFileWriter {
  bytes = 0;
  private lines: string[] = [];
  private size = 0;
  private written: Promise<void> = Promise.resolve();

  /** `hash`: of the lines that the sink has already. */
  constructor(private readonly sink: Sink, private readonly hash: Hash = createHash('sha256')) {}

  /** A line without its line feed. */
  async line(text: string): Promise<void> {
    this.lines.push(text);
    this.size += text.length;
    if (this.size >= FRAME) await this.flush();
  }

  /** The last line is a frame of its own. */
  async finish(trailer: Omit<LogFileTrailer, 'sha256'>): Promise<void> {
    await this.flush();
    await this.line(trailerLine({ ...trailer, sha256: this.hash.copy().update(trailerText(trailer)).digest() }));
    await this.flush();
    await this.written;
    await this.sink.finish();
  }

  async abandon(): Promise<void> {
    await this.written.catch(() => undefined);
    await this.sink.abandon();
  }

  private async flush(): Promise<void> {
    if (this.lines.length === 0) return;
    const text = Buffer.from(`${this.lines.join('\n')}\n`, 'utf8');
    this.lines = [];
    this.size = 0;
    this.hash.update(text);
    await this.written;
    this.written = this.write(text);
    this.written.catch(() => undefined);
  }

  private async write(text: Buffer): Promise<void> {
    const frame = await frameOf(text);
    await this.sink.write(frame);
    this.bytes += frame.length;
  }
}
