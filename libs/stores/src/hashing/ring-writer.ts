import type { RemoteHash } from './hash-threads.js';
import type { Ring } from './rings.js';

/**
 * Coalesces chunks into the slots of a ring. A full slot is hashed by every thread and written at the same time, and used
 * again when all have done with it, so that a slow part slows the source down instead of filling memory.
 */
export class RingWriter {
  private readonly bytes: Buffer;
  private readonly busy: Promise<unknown>[];
  private written: Promise<void> = Promise.resolve();
  private slot = 0;
  private filled = 0;

  constructor(
    private readonly ring: Ring,
    private readonly hashes: readonly RemoteHash[],
    private readonly write: (chunk: Buffer) => Promise<void>,
    /** Told of the first failure at once, so that nobody goes on waiting for more data. */
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.bytes = Buffer.from(ring.memory);
    this.busy = Array.from({ length: ring.slots }, () => Promise.resolve());
  }

  async add(chunk: Buffer): Promise<void> {
    const { slotSize } = this.ring;
    for (let taken = 0; taken < chunk.length; ) {
      if (this.filled === 0) await this.busy[this.slot];
      const copied = chunk.copy(this.bytes, this.slot * slotSize + this.filled, taken, taken + slotSize - this.filled);
      taken += copied;
      this.filled += copied;
      if (this.filled === slotSize) this.submit();
    }
  }

  /** The hashes, in hex, once every byte is written. */
  async finish(): Promise<string[]> {
    if (this.filled > 0) this.submit();
    await Promise.all(this.busy);
    return Promise.all(this.hashes.map((hash) => hash.finish()));
  }

  /** Resolves when nothing touches the ring any more. */
  async close(): Promise<void> {
    await Promise.allSettled([this.written, ...this.busy]);
    for (const hash of this.hashes) hash.drop();
  }

  private submit(): void {
    const offset = this.slot * this.ring.slotSize;
    const bytes = this.bytes.subarray(offset, offset + this.filled);
    this.written = this.written.then(() => this.write(bytes));
    const hashed = this.hashes.map((hash) => hash.update(offset, bytes.length));
    const done = Promise.all([this.written, ...hashed]);
    done.catch(this.onFailure);
    this.busy[this.slot] = done;
    this.slot = (this.slot + 1) % this.ring.slots;
    this.filled = 0;
  }
}
