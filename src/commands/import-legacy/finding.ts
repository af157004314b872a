/** What the operator should know of something that was imported, or why something was not. */
export const FINDING_KINDS = ['left', 'unplaced', 'renamed', 'reference', 'status', 'given-up', 'metadata', 'definition'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface LegacyFinding {
  readonly kind: FindingKind;
  /** Id of the image in the old database, or name of the namespace. */
  readonly what: string;
  readonly detail: string;
}
