import type { PutRequest } from './store.js';
import { DataTooLarge, SizeMismatch } from './stores.errors.js';

type Limits = Pick<PutRequest, 'maxSize' | 'expectedSize' | 'inspect' | 'atEnd' | 'signal'>;

/** The bytes to come, counted and capped, from a source that can be given up while it is waited for. */
export class CountedSource {
  size = 0;
  private readonly iterator: AsyncIterator<Uint8Array>;
  private waiting: ((reason: unknown) => void) | undefined;
  private stopped: { readonly reason: unknown } | undefined;
  private readonly onAbort = () => this.stop(this.limits.signal?.reason);

  constructor(
    source: AsyncIterable<Uint8Array>,
    private readonly store: string,
    private readonly limits: Limits,
  ) {
    this.iterator = source[Symbol.asyncIterator]();
    limits.signal?.addEventListener('abort', this.onAbort, { once: true });
    if (limits.signal?.aborted) this.onAbort();
  }

  /** From now on there is no next chunk, only this error. */
  readonly stop = (reason: unknown): void => {
    this.stopped ??= { reason };
    this.waiting?.(this.stopped.reason);
  };

  throwIfStopped(): void {
    if (this.stopped) throw this.stopped.reason;
  }

  /** The chunk is valid until the next is asked for. */
  async next(): Promise<Buffer | undefined> {
    const result = await this.wait();
    if (result.done === true) {
      this.checkEnd();
      this.limits.atEnd?.(this.size);
      return undefined;
    }
    const { buffer, byteOffset, byteLength } = result.value;
    const chunk = Buffer.from(buffer, byteOffset, byteLength);
    this.count(chunk.length);
    this.limits.inspect?.(chunk);
    return chunk;
  }

  /** Tells the source that no more is wanted; waits for it unless it hangs in the chunk it was last asked for. */
  async close(): Promise<void> {
    this.limits.signal?.removeEventListener('abort', this.onAbort);
    const closed = this.endIterator();
    if (!this.waiting) await closed;
  }

  // How the upload ended is decided by now.
  private async endIterator(): Promise<void> {
    try {
      await this.iterator.return?.();
    } catch {}
  }

  // Not Promise.race with one promise for the whole upload: that would gather a reaction for every chunk.
  private wait(): Promise<IteratorResult<Uint8Array, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.stopped) return reject(this.stopped.reason);
      this.waiting = reject;
      const answered = () => (this.waiting = undefined);
      this.iterator.next().finally(answered).then(resolve, reject);
    });
  }

  private count(length: number): void {
    const { maxSize, expectedSize } = this.limits;
    this.size += length;
    if (this.size > maxSize) throw new DataTooLarge(this.store, maxSize);
    if (expectedSize !== undefined && this.size > expectedSize) throw new SizeMismatch(this.store, expectedSize, this.size);
  }

  private checkEnd(): void {
    const { expectedSize } = this.limits;
    if (expectedSize !== undefined && this.size !== expectedSize) throw new SizeMismatch(this.store, expectedSize, this.size);
  }
}
