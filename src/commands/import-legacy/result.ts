import type { AdoptedImage } from '#images';

/** What a run did; in a dry run, what one would do. */
export interface ImportResult {
  readonly images: {
    read: number;
    imported: number;
    /** Imported by an earlier run. */
    present: number;
    /** Not imported; the findings say why. */
    left: number;
    /** Of those imported. */
    readonly byStatus: Partial<Record<AdoptedImage['status'], number>>;
  };
  locations: number;
  members: number;
  readonly namespaces: { read: number; imported: number; present: number; kept: number };
  resourceTypes: number;
  /** Rows of the old database that are not taken over. */
  tasks: number;
}

export const NO_RESULT: ImportResult = {
  images: { read: 0, imported: 0, present: 0, left: 0, byStatus: {} },
  locations: 0,
  members: 0,
  namespaces: { read: 0, imported: 0, present: 0, kept: 0 },
  resourceTypes: 0,
  tasks: 0,
};
