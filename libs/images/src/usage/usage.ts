/** What an owner uses. */
export interface OwnerUsage {
  /** Until they are purged. */
  readonly bytes: bigint;
  /** Those of images that are not deleted. */
  readonly live: bigint;
  /** Bytes that wait to be imported. */
  readonly staged: bigint;
  /** Created and not deleted. */
  readonly images: bigint;
  /** Into which an upload runs. */
  readonly uploading: bigint;
}

export const NO_USAGE: OwnerUsage = { bytes: 0n, live: 0n, staged: 0n, images: 0n, uploading: 0n };

export const MEASURES = ['bytes', 'live', 'staged', 'images', 'uploading'] as const satisfies readonly (keyof OwnerUsage)[];

/** Each measure by itself. */
export const eachMeasure = (amount: (what: keyof OwnerUsage) => bigint): OwnerUsage => ({
  bytes: amount('bytes'), live: amount('live'), staged: amount('staged'), images: amount('images'), uploading: amount('uploading'),
});

/** What can be limited. */
export type Limited = 'bytes' | 'images' | 'uploading';

export interface Asked {
  readonly owner: string;
  readonly what: Limited;
  /** Who reserves: an upload, or one change. Has one reservation of a kind at most. */
  readonly holder: string;
  readonly least: bigint;
  /** As much of it as there is room for; absent: `least`. */
  readonly most?: bigint;
}

export interface Answer {
  /** What is reserved now; undefined: there was no room for `least`, and an earlier reservation of the holder stays as it was. */
  readonly amount: bigint | undefined;
  /** What the holder could have had at most; below 0 where the owner is beyond the limit already. */
  readonly room: bigint;
}

/**
 * What owners use and what is reserved for work under way: their sum never passes a limit that every reservation is made
 * under. Usage is a projection of the images, written with the append that changes it; that same append ends the
 * reservation made for it (`StateChange.settles`). Times in ms.
 */
export interface Usage {
  of(owner: string): Promise<OwnerUsage>;
  /**
   * Makes or replaces the holder's reservation where it fits, with the owner's usage and the unexpired reservations of
   * other holders, within the limit. Atomic among all processes, with bookings too.
   */
  reserve(asked: Asked, limit: bigint, ttlMs: number): Promise<Answer>;
  /** Lets the holder's reservations last that long from now; nothing where they are gone or expired. */
  renew(holder: string, ttlMs: number): Promise<void>;
  /** Ends the holder's reservations; harmless where there are none. */
  release(holder: string): Promise<void>;
}
