/**
 * A difference between what images say and what stores hold. `orphan`: bytes named like an image's that no image refers to.
 * `part`: what an attempt left that nobody works on any more. `missing`, `wrong-size`, `wrong-hash`: a place where an image's
 * data is not, or is other data. `unreadable`: it cannot be told. `unknown`: not ours; no difference, and never touched.
 */
export const FINDING_KINDS = ['orphan', 'part', 'missing', 'wrong-size', 'wrong-hash', 'unreadable', 'unknown'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly store: string;
  /** Of the file or object; an image's location has its id. */
  readonly name: string;
  readonly image: string | null;
  /** Bytes that are there; null: none. */
  readonly size: number | null;
  readonly modifiedAt: Date | null;
  readonly detail: string;
  /** True: it is no more, by this run. */
  readonly repaired: boolean;
}

export type FindingCounts = Readonly<Record<FindingKind, number>>;

export interface Reconciliation {
  /** Objects and parts that stores hold. */
  readonly files: number;
  readonly images: number;
  /** Places of images that were looked at. */
  readonly locations: number;
  readonly found: FindingCounts;
  readonly repaired: number;
  /** Differences that are still there; what is unknown is none. */
  readonly left: number;
}
