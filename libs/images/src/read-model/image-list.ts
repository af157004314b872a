import type { Image, ImageStatus, OpenWork } from '../image/image.js';
import type { MemberStatus, Visibility } from '../image/image.events.js';

/** Whose eyes: an admin sees every image; a project its own, public ones, those shared with it, and community ones where asked. */
export type Viewer = { readonly admin: true; readonly project: string | null } | { readonly admin: false; readonly project: string | null };

export const SORT_KEYS = ['name', 'status', 'container_format', 'disk_format', 'size', 'id', 'created_at', 'updated_at'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  readonly key: SortKey;
  readonly direction: 'asc' | 'desc';
}

export type TimeOperator = 'gt' | 'gte' | 'lt' | 'lte' | 'neq' | 'eq';

/** All that is given holds at once. Text compares by code point; times have seconds, as the API shows them. */
export interface ImageFilters {
  /** Any one of the values. */
  readonly name?: readonly string[];
  readonly id?: readonly string[];
  readonly status?: readonly string[];
  readonly containerFormat?: readonly string[];
  readonly diskFormat?: readonly string[];
  readonly owner?: string;
  readonly checksum?: string;
  readonly osHashAlgo?: string;
  readonly osHashValue?: string;
  readonly protected?: boolean;
  /** Exact values and inclusive bounds. */
  readonly numbers?: readonly { readonly column: 'size' | 'virtual_size' | 'min_disk' | 'min_ram'; readonly op: 'eq' | 'min' | 'max'; readonly value: number }[];
  readonly times?: readonly { readonly column: 'created_at' | 'updated_at'; readonly op: TimeOperator; readonly at: Date }[];
  /** Each of them. */
  readonly tags?: readonly string[];
  /** Custom properties, each equal. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ImageQuery {
  readonly viewer: Viewer;
  /** Absent: the default set (images-v2 §5): own, public, shared with the viewer; an admin also everybody's, but never others' community ones. */
  readonly visibility?: Visibility | 'all' | 'not public';
  /** Which of the images that others share with the viewer: by default those it has accepted. An admin sees all in any case. */
  readonly memberStatus?: MemberStatus | 'all';
  /** Default false: hidden images are left out. True: only hidden ones. */
  readonly hidden?: boolean | 'any';
  /** Default `listed`: neither killed nor deleted ones. `deleted`: only those that are, or wait for a scrubber. */
  readonly state?: 'listed' | 'deleted' | 'any';
  readonly filters: ImageFilters;
  /** Complete: ends with `id`, no key twice. */
  readonly sort: readonly Sort[];
  readonly limit: number;
  /** Image id, exclusive; the page after it. */
  readonly marker?: string;
}

/** An image that waits for a scrubber, and since when one may come (ISO 8601 with ms). */
export interface DueForScrub {
  readonly id: string;
  readonly scrubAfter: string;
}

/**
 * The images as lists and single reads show them. Written only by the projection, in the append's own transaction where
 * the event store can; killed, deleted and pending_delete images are found by `find` but never listed.
 */
export interface ImageList {
  /** By id in any case; undefined where it was never created. */
  find(id: string): Promise<Image | undefined>;
  /** The same of many at once: those that were ever created, in no order. What is no id is none of them. */
  findAll(ids: readonly string[]): Promise<readonly Image[]>;
  /** Every image but those that are deleted for good, in id order after `after`, at most `limit`. */
  walk(after: string | undefined, limit: number): Promise<readonly Image[]>;
  /** Rejects with `MarkerNotFound` where the marker does not exist, is deleted or not visible to the viewer. */
  list(query: ImageQuery): Promise<readonly Image[]>;
  /** Images of others (of `owner` alone, where one is given) that are shared with a project, in id order after `after`, at most `limit`. */
  sharedWith(member: string, owner: string | undefined, after: string | undefined, limit: number): Promise<readonly Image[]>;
  /** Ids of images with open work of that kind, in id order after `after`, at most `limit`. */
  openWork(kind: OpenWork, after: string | undefined, limit: number): Promise<readonly string[]>;
  /** Images in `pending_delete` whose data a scrubber may take by `until` (ISO 8601), those due first first, after `after`, at most `limit`. */
  dueForScrub(until: string, after: DueForScrub | undefined, limit: number): Promise<readonly DueForScrub[]>;
}

/** There only for the history, and for who looks for deleted ones. */
export const GONE: readonly ImageStatus[] = ['deleted', 'pending_delete'];

/** Never listed by default. */
export const UNLISTED: readonly ImageStatus[] = [...GONE, 'killed'];
