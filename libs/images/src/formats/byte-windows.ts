interface Window {
  readonly start: number;
  readonly end: number;
  bytes?: Buffer;
  readonly whole: (bytes: Buffer) => void;
}

/**
 * The parts of a stream that somebody asked for, and its last bytes; nothing else is kept. What is answered depends on
 * the bytes alone, never on the chunks in which they came.
 */
export class ByteWindows {
  /** Bytes that came so far. */
  at = 0;
  private open: Window[] = [];
  private ended = false;
  private readonly ring: Buffer;

  constructor(private readonly tailLength: number) {
    this.ring = Buffer.alloc(tailLength);
  }

  /**
   * Calls back once, when the window's last byte came or the stream ended: zeros stand for bytes that never came. False
   * where that cannot be: the window starts before the bytes to come, or ends where no number reaches.
   */
  want(start: number, length: number, whole: (bytes: Buffer) => void): boolean {
    if (this.ended || start < this.at || !Number.isSafeInteger(start + length)) return false;
    this.open.push({ start, end: start + length, whole });
    return true;
  }

  feed(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && this.open.length > 0) {
      const next = Math.min(...this.open.map(({ end }) => end));
      const piece = rest.subarray(0, Math.max(0, next - this.at));
      this.take(piece);
      rest = rest.subarray(piece.length);
      this.close(({ end }) => end <= this.at);
    }
    this.remember(rest);
  }

  /** Closes every window; the last bytes of the stream, fewer where it was shorter. */
  end(): Buffer {
    this.ended = true;
    this.close(() => true);
    const start = this.at % this.tailLength;
    return this.at < this.tailLength ? this.ring.subarray(0, this.at) : Buffer.concat([this.ring.subarray(start), this.ring.subarray(0, start)]);
  }

  /** Bytes held now. */
  get held(): number {
    return this.open.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), this.ring.length);
  }

  private take(piece: Buffer): void {
    for (const window of this.open) {
      const from = Math.max(window.start - this.at, 0);
      if (from >= piece.length) continue;
      window.bytes ??= Buffer.alloc(window.end - window.start);
      piece.copy(window.bytes, this.at + from - window.start, from);
    }
    this.remember(piece);
  }

  private close(test: (window: Window) => boolean): void {
    const closed = this.open.filter(test).sort((a, b) => a.end - b.end);
    this.open = this.open.filter((window) => !closed.includes(window));
    for (const { bytes, start, end, whole } of closed) whole(bytes ?? Buffer.alloc(end - start));
  }

  /** Byte n of the stream stands at n modulo the ring's length. */
  private remember(piece: Buffer): void {
    const last = piece.subarray(Math.max(0, piece.length - this.tailLength));
    this.at += piece.length;
    const from = (this.at - last.length) % this.tailLength;
    const wrapped = last.length - last.copy(this.ring, from);
    last.copy(this.ring, 0, last.length - wrapped);
  }
}
