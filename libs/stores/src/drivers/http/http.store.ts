import type { IncomingMessage } from 'node:http';
import { bodyOf, tellsItsEnd } from '../../origin/body.js';
import { OriginClient, type OriginOptions } from '../../origin/origin-client.js';
import { OriginUnreachable } from '../../origin/origin.errors.js';
import type { AttemptWriter, ByteRange, StoreDriver } from '../../store.js';
import { BadLocation, DataNotFound, StoreReadOnly, StoreUnavailable } from '../../stores.errors.js';
import type { UriFilter } from '../../uri-filter/uri-filter.js';
import { UriRefused } from '../../uri-filter/uri-filter.errors.js';
import { contentLength, throughWindow, totalSize, windowOf } from './answers.js';

export interface HttpOptions extends OriginOptions {
  /** How long a server may send nothing in the middle of an answer. */
  readonly idleTimeoutMs?: number;
}

const IDLE_TIMEOUT_MS = 60_000;
const GONE: readonly (number | undefined)[] = [404, 410];

// One text for all of them, and no URL: whoever gave it knows it, and whoever reads the image must not learn it. Told
// apart, they would make the store a scanner of the ports around it.
const UNUSABLE = 'The location cannot be used: no web server answers there with data whose size it tells.';
const UNREADABLE = 'The web server that has the data cannot be read now.';

/** Image bytes that lie on web servers of others: read, never written and never removed. Every request passes the URI filter. */
export class HttpStore implements StoreDriver {
  readonly type = 'http';
  readonly schemes = ['http', 'https'];
  readonly readOnly = true;
  private readonly origin: OriginClient;
  private readonly idleTimeoutMs: number;

  /** Fails where the certificates cannot be read. */
  constructor(private readonly id: string, filter: UriFilter, options: HttpOptions = {}) {
    this.origin = new OriginClient(filter, options);
    this.idleTimeoutMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
  }

  async check(): Promise<void> {}

  /** Whether it may be fetched says the filter, at each request. */
  owns(url: string): boolean {
    return /^https?:\/\/[^/?#]/i.test(url) && URL.canParse(url);
  }

  async begin(): Promise<AttemptWriter> {
    throw new StoreReadOnly(this.id, `The store ${this.id} takes no data.`);
  }

  /** Asks the server anew each time. Its data may change or go; that it is still the image's only a hash tells. */
  async read(url: string, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    this.refuseForeign(url);
    const headers = range ? { range: `bytes=${range.start}-${range.end}` } : undefined;
    const response = await this.origin.open(url, { method: 'GET', headers }).catch((error: unknown) => {
      throw error instanceof OriginUnreachable || error instanceof UriRefused ? this.unreadable(error) : error;
    });
    const window = windowOf(response, range);
    if (typeof window === 'string' || !tellsItsEnd(response)) {
      response.destroy();
      if (GONE.includes(response.statusCode)) throw new DataNotFound(this.id, UNREADABLE);
      throw this.unreadable(new Error(typeof window === 'string' ? window : 'It does not tell how long its answer is.'));
    }
    return this.bytes(throughWindow(bodyOf(response, this.idleTimeoutMs), window, (why) => this.unreadable(new Error(why))));
  }

  /**
   * Bytes, as the server tells them, of a location that somebody gives: what the filter refuses is `UriRefused`, what is
   * not there `DataNotFound`, everything else that keeps it from being used `BadLocation`.
   */
  async size(url: string): Promise<number> {
    this.refuseForeign(url);
    try {
      const size = (await this.headSize(url)) ?? totalSize(await this.answer(url, 'GET', { range: 'bytes=0-0' }));
      if (size !== undefined) return size;
    } catch (error) {
      if (error instanceof OriginUnreachable) throw new BadLocation(this.id, UNUSABLE, { cause: error });
      throw error;
    }
    throw new BadLocation(this.id, UNUSABLE);
  }

  async assertRemovable(url: string): Promise<void> {
    this.refuseForeign(url);
  }

  /** False: the data is another's, and stays. */
  async remove(url: string): Promise<boolean> {
    this.refuseForeign(url);
    return false;
  }

  async discard(): Promise<void> {}

  /** Web servers do not say what they have. */
  async *list(): AsyncGenerator<never> {}

  async *parts(): AsyncGenerator<never> {}

  /** Undefined where only GET is answered (signed URLs, small servers), or without a size. */
  private async headSize(url: string): Promise<number | undefined> {
    const head = await this.answer(url, 'HEAD');
    return head.statusCode === 200 ? contentLength(head) || undefined : undefined;
  }

  private async answer(url: string, method: 'GET' | 'HEAD', headers?: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    const response = await this.origin.open(url, { method, headers });
    response.destroy();
    if (GONE.includes(response.statusCode)) throw new DataNotFound(this.id, UNUSABLE);
    return response;
  }

  private async *bytes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* chunks;
    } catch (error) {
      throw error instanceof OriginUnreachable ? this.unreadable(error) : error;
    }
  }

  private unreadable(cause: unknown): StoreUnavailable {
    return new StoreUnavailable(this.id, UNREADABLE, { cause });
  }

  private refuseForeign(url: string): void {
    if (!this.owns(url)) throw new BadLocation(this.id, 'The location is not one of a web server.');
  }
}
