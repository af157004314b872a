import type { InlineProjection, MemoryWrite } from '#event-store';
import { imageIdOf, openWorkOf, type Image, type OpenWork } from '../image/image.js';
import type { ImageState } from '../image/image.state.js';
import { MarkerNotFound } from './image-list.errors.js';
import { GONE, UNLISTED, type DueForScrub, type ImageFilters, type ImageList, type ImageQuery, type Sort, type TimeOperator } from './image-list.js';
import { isPurged, rowAfter, IMAGE_STREAMS, type ImageRow } from './image-list.projection.js';
import { sortValue } from './sort-value.js';
import { maySee, membershipOf, owns } from './viewer.js';

/** All images in one map; what it lists is what every other driver must list. */
export class MemoryImageList implements ImageList {
  private readonly rows = new Map<string, ImageRow>();

  /** Does nothing where the row already stands at this revision or a later one. */
  put(row: ImageRow): void {
    const before = this.rows.get(row.id);
    if (!before || before.revision < row.revision) this.rows.set(row.id, row);
  }

  remove(id: string): void {
    this.rows.delete(id);
  }

  /** Every row, in id order. */
  all(): readonly ImageRow[] {
    return [...this.rows.values()].sort((a, b) => compareValues(a.id, b.id));
  }

  async find(id: string): Promise<Image | undefined> {
    return this.rows.get(id.toLowerCase())?.doc;
  }

  async findAll(ids: readonly string[]): Promise<readonly Image[]> {
    return [...new Set(ids.map((id) => id.toLowerCase()))].flatMap((id) => this.rows.get(id)?.doc ?? []);
  }

  async walk(after: string | undefined, limit: number): Promise<readonly Image[]> {
    return this.all().filter(({ id, doc }) => doc.status !== 'deleted' && id > (after?.toLowerCase() ?? '')).slice(0, limit).map(({ doc }) => doc);
  }

  async list(query: ImageQuery): Promise<readonly Image[]> {
    const order = compare(query.sort);
    const marker = query.marker === undefined ? undefined : await this.marker(query.marker, query);
    return [...this.rows.values()]
      .map(({ doc }) => doc)
      .filter((image) => matches(image, query) && (!marker || order(image, marker) > 0))
      .sort(order)
      .slice(0, query.limit);
  }

  async openWork(kind: OpenWork, after: string | undefined, limit: number): Promise<readonly string[]> {
    return [...this.rows.values()]
      .filter(({ id, doc }) => openWorkOf(doc).includes(kind) && id > (after?.toLowerCase() ?? ''))
      .map(({ id }) => id)
      .sort()
      .slice(0, limit);
  }

  async dueForScrub(until: string, after: DueForScrub | undefined, limit: number): Promise<readonly DueForScrub[]> {
    const place = ({ id, scrubAfter }: DueForScrub) => `${scrubAfter} ${id}`;
    return [...this.rows.values()]
      .flatMap(({ id, doc: { status, scrubAfter } }) => (status === 'pending_delete' && scrubAfter !== null && scrubAfter <= until ? [{ id, scrubAfter }] : []))
      .filter((due) => after === undefined || place(due) > place(after))
      .sort((a, b) => compareValues(place(a), place(b)))
      .slice(0, limit);
  }

  async sharedWith(member: string, owner: string | undefined, after: string | undefined, limit: number): Promise<readonly Image[]> {
    return this.all()
      .filter(({ id, doc }) => id > (after?.toLowerCase() ?? '') && doc.owner !== member && (owner === undefined || doc.owner === owner)
        && !UNLISTED.includes(doc.status) && membershipOf({ admin: false, project: member }, doc) !== undefined)
      .slice(0, limit)
      .map(({ doc }) => doc);
  }

  private async marker(id: string, { viewer, state = 'listed' }: ImageQuery): Promise<Image> {
    const image = await this.find(id);
    if (!image || (state === 'listed' && UNLISTED.includes(image.status)) || !maySee(viewer, image)) throw new MarkerNotFound(id);
    return image;
  }
}

export const memoryImageProjection = (list: MemoryImageList): InlineProjection<ImageState, MemoryWrite> => ({
  name: 'image-list',
  streamPrefix: IMAGE_STREAMS,
  write(change) {
    const row = rowAfter(change);
    if (row) return [() => list.put(row)];
    return isPurged(change) ? [() => list.remove(imageIdOf(change.stream))] : [];
  },
});

export function matches(image: Image, query: ImageQuery): boolean {
  return isInState(image, query.state)
    && (query.hidden === 'any' || image.hidden === (query.hidden ?? false))
    && isInSet(image, query)
    && passes(image, query.filters);
}

function isInState({ status }: Image, state: ImageQuery['state'] = 'listed'): boolean {
  return state === 'any' || (state === 'deleted' ? GONE.includes(status) : !UNLISTED.includes(status));
}

export const compare = (sort: readonly Sort[]) => (a: Image, b: Image): number => {
  for (const { key, direction } of sort) {
    const order = compareValues(sortValue(a, key), sortValue(b, key));
    if (order !== 0) return direction === 'asc' ? order : -order;
  }
  return 0;
};

/** Text as its UTF-8 compares, which is code point by code point. */
function compareValues(a: string | number, b: string | number): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

function isInSet(image: Image, { viewer, visibility, memberStatus = 'accepted' }: ImageQuery): boolean {
  const mine = owns(viewer, image);
  if (visibility === 'not public') return image.visibility !== 'public' && (viewer.admin || mine || isShared(image, viewer, memberStatus));
  if (visibility !== undefined && visibility !== 'all' && image.visibility !== visibility) return false;
  switch (image.visibility) {
    case 'public':
      return true;
    case 'community':
      return mine || visibility !== undefined;
    case 'private':
      return mine || viewer.admin;
    case 'shared':
      return mine || viewer.admin || isShared(image, viewer, memberStatus);
  }
}

function isShared(image: Image, viewer: ImageQuery['viewer'], memberStatus: ImageQuery['memberStatus']): boolean {
  const membership = membershipOf(viewer, image);
  return membership !== undefined && (memberStatus === 'all' || memberStatus === membership.status);
}

function passes(image: Image, filters: ImageFilters): boolean {
  const { id, owner, checksum, osHashAlgo, osHashValue, numbers = [], times = [], tags = [], properties = {} } = filters;
  const equal = <T>(wanted: T | undefined, value: T): boolean => wanted === undefined || wanted === value;
  return (['name', 'status', 'containerFormat', 'diskFormat'] as const).every((key) => anyOf(filters[key], image[key]))
    && anyOf(id?.map((one) => one.toLowerCase()), image.id.toLowerCase())
    && equal(owner, image.owner)
    && equal(checksum, image.checksum)
    && equal(osHashAlgo, image.osHashAlgo)
    && equal(osHashValue, image.osHashValue)
    && equal(filters.protected, image.protected)
    && numbers.every(({ column, op, value }) => isNumber(NUMBERS[column](image), op, value))
    && times.every(({ column, op, at }) => TIMES[op](Date.parse(String(sortValue(image, column))), at.getTime()))
    && tags.every((tag) => image.tags.includes(tag))
    && Object.entries(properties).every(([key, value]) => Object.hasOwn(image.properties, key) && image.properties[key] === value);
}

const anyOf = (wanted: readonly string[] | undefined, value: string | null): boolean =>
  wanted === undefined || (value !== null && wanted.includes(value));

const NUMBERS = {
  size: (image: Image) => image.size,
  virtual_size: (image: Image) => image.virtualSize,
  min_disk: (image: Image) => image.minDisk,
  min_ram: (image: Image) => image.minRam,
};

function isNumber(value: number | null, op: 'eq' | 'min' | 'max', bound: number): boolean {
  if (value === null) return false;
  if (op === 'eq') return value === bound;
  return op === 'min' ? value >= bound : value <= bound;
}

const shown = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** The image's time as the API shows it, in whole seconds, against the time that was asked for. */
const TIMES: Readonly<Record<TimeOperator, (image: number, asked: number) => boolean>> = {
  gt: (image, asked) => shown(image) > asked,
  gte: (image, asked) => shown(image) >= asked,
  lt: (image, asked) => shown(image) < asked,
  lte: (image, asked) => shown(image) <= asked,
  eq: (image, asked) => shown(image) === asked,
  neq: (image, asked) => shown(image) !== asked,
};
