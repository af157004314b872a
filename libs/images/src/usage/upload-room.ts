const MIB = 1024n * 1024n;
/** Of an unknown length, about as much again as an eighth of what came: little is held that others could use. */
const SHORTEST_STEP = MIB;
const LONGEST_STEP = 64n * MIB;
const RENEW_MS = 60_000;

interface Reservation {
  /** Replaces what is reserved by as much of `most` as there is room for; rejects where `least` does not fit. */
  take(least: bigint, most: bigint): Promise<bigint>;
  renew(): Promise<void>;
}

/** What an upload may take up of its owner's share, reserved no later than it comes. */
export class UploadRoom {
  private reserved = 0n;
  private announced = false;
  private timer: NodeJS.Timeout | undefined;

  /** Without a reservation there is room for everything. */
  constructor(private readonly reservation: Reservation | undefined) {}

  async open(size: number | undefined): Promise<void> {
    const { reservation } = this;
    if (!reservation) return;
    this.announced = size !== undefined;
    this.reserved = size === undefined ? await reservation.take(1n, SHORTEST_STEP) : await reservation.take(BigInt(size), BigInt(size));
    // One renewal may fail: four more come before it expires.
    this.timer = setInterval(() => void reservation.renew().catch(() => undefined), RENEW_MS);
    this.timer.unref();
  }

  /** The same bytes, each handed on once there is room for it. The store sees to it that what was announced is not passed. */
  meter(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const { reservation } = this;
    return !reservation || this.announced ? source : { [Symbol.asyncIterator]: () => this.metered(source[Symbol.asyncIterator](), reservation) };
  }

  /** Ends the renewal; what is reserved is the owner of the upload's to release. */
  close(): void {
    clearInterval(this.timer);
  }

  // No generator: its `return` would wait for a chunk that never comes.
  private metered(source: AsyncIterator<Uint8Array>, reservation: Reservation): AsyncIterator<Uint8Array> {
    let taken = 0n;
    return {
      next: async () => {
        const result = await source.next();
        if (result.done === true) return result;
        taken += BigInt(result.value.byteLength);
        if (taken > this.reserved) this.reserved = await reservation.take(taken, taken + stepAfter(taken));
        return result;
      },
      return: async (value) => (await source.return?.(value)) ?? { done: true, value: undefined },
    };
  }
}

function stepAfter(taken: bigint): bigint {
  const step = taken / 8n;
  if (step < SHORTEST_STEP) return SHORTEST_STEP;
  return step > LONGEST_STEP ? LONGEST_STEP : step;
}
