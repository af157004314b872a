/** Milliseconds since 1970. */
export type WallClock = () => number;

const FORM = /^[0-9a-f]{16}$/;
const write = (value: bigint): string => value.toString(16).padStart(16, '0');

/**
 * Hybrid logical clock. A reading is 12 hex digits of milliseconds and 4 of a counter; as text it sorts as it happened.
 * A counter that is full carries into the milliseconds.
 */
export class HybridClock {
  private last = write(0n);

  constructor(readonly now: WallClock = Date.now) {}

  /** A reading greater than every earlier one of this clock and than `floor`. */
  tick(floor?: string): string {
    if (floor !== undefined) this.observe(floor);
    const wall = write(BigInt(this.now()) << 16n);
    this.last = wall > this.last ? wall : write(BigInt(`0x${this.last}`) + 1n);
    return this.last;
  }

  /** Later readings are greater than this one of another process or site. */
  observe(reading: string): void {
    if (!FORM.test(reading)) throw new TypeError(`not a reading of a hybrid logical clock: ${reading}`);
    if (reading > this.last) this.last = reading;
  }
}
