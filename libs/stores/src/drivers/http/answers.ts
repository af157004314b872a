import type { IncomingMessage } from 'node:http';
import type { ByteRange } from '../../store.js';

/** What of a body is wanted. */
export interface Window {
  /** Bytes before it that are not wanted. */
  readonly skip: number;
  /** Bytes wanted; Infinity: all that come. */
  readonly take: number;
  /** The body ends with what is wanted: more is an error. */
  readonly exact: boolean;
}

const wholeNumber = (text: string | undefined): number | undefined => {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
};

/** Of a Content-Range; a total of `*` is undefined. */
function contentRange({ headers }: IncomingMessage): { start?: number; end?: number; total?: number } {
  const [, start, end, total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/i.exec(headers['content-range'] ?? '') ?? [];
  return { start: wholeNumber(start), end: wholeNumber(end), total: wholeNumber(total) };
}

export const contentLength = ({ headers }: IncomingMessage): number | undefined => wholeNumber(headers['content-length']);

/** Size of the whole data, from the answer to a request for its first byte. */
export function totalSize(response: IncomingMessage): number | undefined {
  if (response.statusCode === 200) return contentLength(response);
  const { start, total } = contentRange(response);
  if (response.statusCode === 416) return total === 0 ? 0 : undefined;
  return response.statusCode === 206 && start === 0 ? total : undefined;
}

/** Where in the answer the wanted bytes are; a text says why they are not there. A server may ignore that a range was asked for. */
export function windowOf(response: IncomingMessage, range?: ByteRange): Window | string {
  const length = contentLength(response);
  if (response.statusCode === 200) {
    if (range && length !== undefined && length <= range.end) return `It has ${length} bytes only.`;
    return range ? { skip: range.start, take: range.end + 1 - range.start, exact: false } : { skip: 0, take: length ?? Infinity, exact: true };
  }
  if (response.statusCode !== 206 || !range) return `It answers with status ${response.statusCode}.`;
  const { start, end } = contentRange(response);
  const take = range.end + 1 - range.start;
  if (start !== range.start || end !== range.end || (length ?? take) !== take) {
    return `Asked for the bytes ${range.start}-${range.end} it answers with ${response.headers['content-range']} in ${length} bytes.`;
  }
  return { skip: 0, take, exact: true };
}

/** The window's bytes, all of them; fails by what `failed` makes where there are fewer, or more than there may be. */
export async function* throughWindow(chunks: AsyncIterable<Buffer>, { skip, take, exact }: Window, failed: (why: string) => Error): AsyncGenerator<Buffer> {
  const end = skip + take;
  let position = 0;
  for await (const chunk of chunks) {
    const wanted = chunk.subarray(Math.max(0, skip - position), Math.max(0, end - position));
    position += chunk.length;
    if (wanted.length > 0) yield wanted;
    if (position > end && exact) throw failed(`It sends more than the ${take} bytes asked for.`);
    if (position >= end && !exact) return;
  }
  if (take !== Infinity && position < end) throw failed(`It ends at byte ${position}, not at ${end}.`);
}
