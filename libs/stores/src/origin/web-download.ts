import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UriFilter } from '../uri-filter/uri-filter.js';
import { bodyOf } from './body.js';
import { DownloadFailed, DownloadTooLarge } from './download.errors.js';
import { OriginClient, type OriginOptions } from './origin-client.js';
import { OriginUnreachable } from './origin.errors.js';
import { unreachableReason } from './unreachable-reason.js';

export interface WebDownloadOptions extends OriginOptions {
  /** How long a server may send nothing in the middle of the data. */
  readonly idleTimeoutMs?: number;
  /** For all of it, however it trickles. */
  readonly totalTimeoutMs?: number;
  /** How often a connection is tried again, and the first pause before that; it doubles. */
  readonly retries?: number;
  readonly retryPauseMs?: number;
}

export interface DownloadRequest {
  readonly signal?: AbortSignal;
  /** Bytes. */
  readonly maxSize?: number;
  /** Bytes that it must have, where it announces any. */
  readonly size?: number;
  /** Stands in the message of a refusal; `web-download` if not given. */
  readonly purpose?: string;
  /** Headers for the first server only. */
  readonly credentials?: Readonly<Record<string, string>>;
}

export interface Download {
  /** Bytes, as the server announces them; the body has so many, or fails. */
  readonly size?: number;
  /** To be read once; who stops reading gives the connection up. */
  readonly body: AsyncIterable<Buffer>;
}

const DEFAULTS = { idleTimeoutMs: 60_000, totalTimeoutMs: 24 * 3600_000, retries: 2, retryPauseMs: 500 };

/** Fetches data from web servers that somebody outside named: whole and as it is, or not at all. */
export class WebDownload {
  private readonly origin: OriginClient;
  private readonly options: typeof DEFAULTS;

  /** Fails where the certificates cannot be read. */
  constructor(filter: UriFilter, options: WebDownloadOptions = {}) {
    this.origin = new OriginClient(filter, options);
    this.options = { ...DEFAULTS, ...options };
  }

  /** Fails, as reading the body does, with `UriRefused`, `DownloadFailed`, `DownloadTooLarge` or the signal's reason. */
  async open(uri: string, { signal, maxSize = Infinity, size: wanted, purpose = 'web-download', credentials }: DownloadRequest = {}): Promise<Download> {
    const late = AbortSignal.timeout(this.options.totalTimeoutMs);
    const ends: Ends = { uri, caller: signal, late, signal: signal ? AbortSignal.any([signal, late]) : late };
    const response = await this.answer(ends, (ended) => this.origin.open(uri, { method: 'GET', signal: ended, purpose, credentials }));
    const size = announced(response);
    const unusable = refusal(uri, response) ?? (size === undefined ? undefined : misfit(uri, size, maxSize, wanted));
    if (unusable) {
      response.destroy();
      throw unusable;
    }
    return { ...(size === undefined ? {} : { size }), body: bounded(ends, bodyOf(response, this.options.idleTimeoutMs), maxSize) };
  }

  private async answer(ends: Ends, ask: (signal: AbortSignal) => Promise<IncomingMessage>): Promise<IncomingMessage> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await ask(ends.signal);
      } catch (error) {
        if (tried >= this.options.retries || ends.signal.aborted || !isConnectionFault(error)) throw told(ends, error);
      }
      await sleep(this.options.retryPauseMs * 2 ** tried, undefined, { signal: ends.signal }).catch((error: unknown) => {
        throw told(ends, error);
      });
    }
  }
}

interface Ends {
  readonly uri: string;
  readonly caller: AbortSignal | undefined;
  readonly late: AbortSignal;
  /** Of both. */
  readonly signal: AbortSignal;
}

const isConnectionFault = (error: unknown): boolean => error instanceof OriginUnreachable && unreachableReason(error.cause).kind === 'connection';

/** The failure as whoever asked for the import is told of it; with the bytes that came, where data was coming. */
function told({ uri, caller, late }: Ends, error: unknown, got?: number): unknown {
  if (caller?.aborted) return caller.reason;
  if (late.aborted) return new DownloadFailed(uri, 'it takes too long', true, error);
  if (!(error instanceof OriginUnreachable)) return error;
  const { reason, kind } = unreachableReason(error.cause);
  const text = got !== undefined && kind === 'connection' ? `the data ended early, after ${got} bytes` : reason;
  return new DownloadFailed(uri, text, kind !== 'protocol', error.cause);
}

function announced({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length !== undefined && headers['transfer-encoding'] === undefined ? Number(length) : undefined;
}

const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

function refusal(uri: string, { statusCode = 0, headers }: IncomingMessage): DownloadFailed | undefined {
  if (statusCode !== 200) {
    const name = STATUS_CODES[statusCode];
    return new DownloadFailed(uri, `the server answers ${statusCode}${name === undefined ? '' : ` ${name}`}`, statusCode >= 500 || LATER.has(statusCode));
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity' || isOfTheFile(uri, encoding)) return undefined;
  return new DownloadFailed(uri, 'the server sends the data in another content encoding than it was asked for', false);
}

function misfit(uri: string, size: number, maxSize: number, wanted: number | undefined): Error | undefined {
  if (wanted !== undefined && size !== wanted) return new DownloadFailed(uri, `it has ${size} bytes, not ${wanted}`, false);
  return size > maxSize ? new DownloadTooLarge(uri, maxSize) : undefined;
}

/** Some servers name the compression of a compressed file as an encoding: its bytes are the data all the same. */
const isOfTheFile = (uri: string, encoding: string): boolean => /^(x-)?gzip$/.test(encoding) && /\.t?gz$/i.test(URL.parse(uri)?.pathname ?? '');

async function* bounded(ends: Ends, chunks: AsyncIterable<Buffer>, maxSize: number): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > maxSize) throw new DownloadTooLarge(ends.uri, maxSize);
      yield chunk;
    }
  } catch (error) {
    throw told(ends, error, size);
  }
}
