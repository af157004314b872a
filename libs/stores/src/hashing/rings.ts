/** Slots of shared memory: the hash threads and the driver's write read the same bytes. */
export interface Ring {
  readonly memory: SharedArrayBuffer;
  readonly slots: number;
  readonly slotSize: number;
}

// Measured: 8 slots of 1 MiB are the fastest; 256 KiB and 4 MiB are slower.
const LARGE = { slots: 8, slotSize: 1024 * 1024 } as const;
// Beyond the first few uploads there is no speed to win, only memory to lose.
const SMALL = { slots: 4, slotSize: 64 * 1024 } as const;

/** Large rings for the first few uploads at a time, small ones for the others: nobody waits, and memory stays bounded. */
export class Rings {
  private readonly idle: Ring[] = [];
  private large = 0;

  constructor(private readonly mostLarge = 4) {}

  take(): Ring {
    const idle = this.idle.pop();
    if (idle) return idle;
    if (this.large >= this.mostLarge) return newRing(SMALL);
    this.large += 1;
    return newRing(LARGE);
  }

  /** Only once nobody writes or reads it any more. */
  giveBack(ring: Ring): void {
    if (ring.slotSize === LARGE.slotSize) this.idle.push(ring);
  }
}

const newRing = (size: Omit<Ring, 'memory'>): Ring => ({ ...size, memory: new SharedArrayBuffer(size.slots * size.slotSize) });
