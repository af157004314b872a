import fc from 'fast-check';
import type { StateChange } from '#event-store';
import type { MemberStatus, Visibility } from '../image/image.events.js';
import { created, decided, deleted, failed, fold, history, importRequested, located, NEW_IMAGE, shared, staged, started, stored } from '../image/image.fixture.js';
import { streamOf, type ImageStatus } from '../image/image.js';
import type { ImageEvent } from '../image/image.events.js';
import type { ImageState } from '../image/image.state.js';
import { SORT_KEYS, type ImageFilters, type ImageQuery, type Sort, type SortKey, type Viewer } from './image-list.js';

export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** The number behind an id, or 'A' for one that a client spelled in upper case. */
export const short = (one: string): number | string => (one.startsWith('ABC') ? 'A' : Number(one.slice(-12)));

/** What a spec says of an image; the rest has defaults. */
export interface Seed {
  readonly id: string;
  readonly owner?: string | null;
  readonly visibility?: Visibility;
  readonly status?: ImageStatus;
  readonly name?: string | null;
  readonly diskFormat?: string | null;
  readonly containerFormat?: string | null;
  readonly minDisk?: number;
  readonly minRam?: number;
  readonly protected?: boolean;
  readonly hidden?: boolean;
  readonly size?: number;
  readonly virtualSize?: number | null;
  readonly checksum?: string;
  readonly osHashAlgo?: string;
  readonly osHashValue?: string;
  readonly properties?: Record<string, string>;
  readonly tags?: string[];
  /** Projects and what they decided. */
  readonly members?: Readonly<Record<string, MemberStatus>>;
  /** ms since 1970; later events follow a second apart. */
  readonly createdAt?: number;
}

const active = ({ size = 42, virtualSize = null, checksum = 'c0', osHashAlgo = 'sha512', osHashValue = 'h0', diskFormat, containerFormat }: Seed): ImageEvent[] => [
  started(),
  {
    type: 'ImageDataStored',
    data: {
      uploadId: 'u1', size, virtualSize, checksum, osHashAlgo, osHashValue,
      diskFormat: diskFormat === undefined ? NEW_IMAGE.diskFormat : diskFormat,
      containerFormat: containerFormat === undefined ? NEW_IMAGE.containerFormat : containerFormat,
    },
  },
  located(),
];

const LIVES: Readonly<Record<ImageStatus, (seed: Seed) => ImageEvent[]>> = {
  queued: () => [],
  saving: () => [started()],
  uploading: () => [started('u1', 'stage'), staged()],
  importing: () => [importRequested()],
  killed: () => [started(), failed('u1', 'killed')],
  active,
  deactivated: (seed) => [...active(seed), { type: 'ImageDeactivated', data: {} }],
  deleted: () => [deleted()],
  pending_delete: () => [started(), stored(), located(), deleted('2026-12-01T00:00:00.000Z')],
};

export function eventsOf(seed: Seed): ImageEvent[] {
  const { id: _id, status = 'queued', size: _size, virtualSize: _virtual, checksum: _checksum, osHashAlgo: _algo, osHashValue: _hash, createdAt: _at, members = {}, ...attributes } = seed;
  const spelling = seed.id === seed.id.toLowerCase() ? {} : { spelling: seed.id };
  const sharing = Object.entries(members).flatMap(([member, decision]) => [shared(member), decided(member, decision)]);
  return [created({ ...attributes, ...spelling }), ...sharing, ...LIVES[status](seed)];
}

export function changeOf(seed: Seed): StateChange<ImageState> {
  const events = history(eventsOf(seed), seed.createdAt);
  return { stream: streamOf(seed.id), before: { incarnations: {} }, after: fold(events), revision: events.length - 1, events: [] };
}

export type SortName = SortKey | `-${SortKey}`;

/** The sort that is asked for, ended as the port wants it. */
export function sortedBy(...given: readonly SortName[]): Sort[] {
  const sorts = given.map((one): Sort => {
    const [, minus, key] = /^(-?)(.*)$/.exec(one) ?? [];
    return { key: key as SortKey, direction: minus === '-' ? 'desc' : 'asc' };
  });
  const direction = sorts[0]?.direction ?? 'desc';
  for (const key of ['created_at', 'id'] as const) if (!sorts.some((sort) => sort.key === key)) sorts.push({ key, direction });
  return sorts;
}

export const ADMIN: Viewer = { admin: true, project: null };
export const project = (name: string | null): Viewer => ({ admin: false, project: name });

export const queryOf = (query: Partial<ImageQuery> = {}): ImageQuery => ({ viewer: ADMIN, filters: {}, sort: sortedBy('-created_at'), limit: 1000, ...query });

const NAMES = ['', 'Zoo', 'abc', 'ä', 'z', '', '\u{1F600}', 'with,comma "and" quotes'];
const OWNERS = ['p1', 'p2', 'p3'];
const TAGS = ['a', 'b', 'ü'];
const KEYS = ['os', 'arch', '__proto__'];
/** Few and close, so that images are alike and fall into one second. */
const TIMES = [0, 1, 999, 1000, 1001, 2500, 60_000].map((ms) => Date.parse('2026-11-01T10:00:00.000Z') + ms);

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 2 });
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const formats = fc.constantFrom('iso', 'qcow2', 'raw');
const properties = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom('x', 'y', ''), { maxKeys: 2 });
const visibilities = fc.constantFrom<Visibility>('public', 'private', 'shared', 'community');
const memberStatuses = fc.constantFrom<MemberStatus>('pending', 'accepted', 'rejected');
const spelledId = fc.tuple(fc.uuid(), fc.boolean()).map(([id, upper]) => (upper ? id.toUpperCase() : id));

export const seeds: fc.Arbitrary<Seed[]> = fc.uniqueArray(
  fc.record({
    id: spelledId,
    owner: nullable(fc.constantFrom(...OWNERS)),
    visibility: visibilities,
    status: fc.constantFrom<ImageStatus>('queued', 'saving', 'active', 'active', 'active', 'killed', 'deleted', 'pending_delete'),
    name: nullable(fc.constantFrom(...NAMES)),
    diskFormat: nullable(formats),
    containerFormat: nullable(fc.constantFrom('bare', 'ovf')),
    minDisk: fc.constantFrom(0, 0, 5),
    minRam: fc.constantFrom(0, 0, 512),
    protected: fc.boolean(),
    hidden: fc.integer({ max: 9 }).map((n) => n === 0),
    size: fc.constantFrom(0, 1, 10, 2 ** 40),
    virtualSize: nullable(fc.constantFrom(1, 10)),
    checksum: fc.constantFrom('c0', 'c1'),
    osHashAlgo: fc.constantFrom('sha512', 'sha256'),
    osHashValue: fc.constantFrom('h0', 'h1'),
    properties,
    tags: fc.uniqueArray(fc.constantFrom(...TAGS), { maxLength: 3 }),
    members: fc.dictionary(fc.constantFrom(...OWNERS), memberStatuses, { maxKeys: 3 }),
    createdAt: fc.constantFrom(...TIMES),
  }),
  { selector: ({ id }) => id.toLowerCase(), minLength: 5, maxLength: 60 },
);

const few = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 2 });
/** Most filters are absent, so that something is left. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const filters: fc.Arbitrary<ImageFilters> = fc.record({
  name: rarely(few(fc.constantFrom(...NAMES))),
  id: rarely(fc.array(fc.uuid(), { maxLength: 2 })),
  status: rarely(few(fc.constantFrom('active', 'queued', 'saving', 'killed', 'deleted', 'nonsense', ''))),
  containerFormat: rarely(few(fc.constantFrom('bare', 'ovf', ''))),
  diskFormat: rarely(few(fc.oneof(formats, fc.constant('')))),
  owner: rarely(fc.constantFrom(...OWNERS, '')),
  checksum: rarely(fc.constantFrom('c0', 'c2')),
  osHashAlgo: rarely(fc.constantFrom('sha512', 'md5')),
  osHashValue: rarely(fc.constantFrom('h0', 'h2')),
  protected: rarely(fc.boolean()),
  numbers: rarely(fc.array(fc.record({
    column: fc.constantFrom('size', 'virtual_size', 'min_disk', 'min_ram'),
    op: fc.constantFrom('eq', 'min', 'max'),
    value: fc.constantFrom(-1, 0, 1, 5, 10, 2 ** 40, Number.MAX_SAFE_INTEGER),
  }), { maxLength: 2 })),
  times: rarely(fc.array(fc.record({
    column: fc.constantFrom('created_at', 'updated_at'),
    op: fc.constantFrom('gt', 'gte', 'lt', 'lte', 'neq', 'eq'),
    at: fc.constantFrom(...TIMES).map((ms) => new Date(ms)),
  }), { maxLength: 2 })),
  tags: optional(fc.array(fc.constantFrom(...TAGS), { maxLength: 2 })),
  properties: rarely(properties),
});

export const sorts: fc.Arbitrary<Sort[]> = fc
  .uniqueArray(fc.record({ key: fc.constantFrom(...SORT_KEYS), direction: fc.constantFrom('asc', 'desc') }), { selector: ({ key }) => key, maxLength: 3 })
  .map((given) => [...given, ...sortedBy('-created_at').filter(({ key }) => !given.some((sort) => sort.key === key))]);

/** `marker` is a place among the images, to be made one of their ids. */
export const queries: fc.Arbitrary<Omit<ImageQuery, 'marker'> & { readonly marker?: number }> = fc.record({
  viewer: fc.oneof(
    fc.record({ admin: fc.constant<true>(true), project: nullable(fc.constantFrom(...OWNERS)) }),
    fc.record({ admin: fc.constant<false>(false), project: nullable(fc.constantFrom(...OWNERS)) }),
  ),
  visibility: optional(fc.oneof(visibilities, fc.constantFrom<'all' | 'not public'>('all', 'not public'))),
  memberStatus: optional(fc.oneof(memberStatuses, fc.constant<'all'>('all'))),
  hidden: rarely(fc.oneof(fc.boolean(), fc.constant<'any'>('any'))),
  state: rarely(fc.constantFrom('listed', 'deleted', 'any')),
  filters,
  sort: sorts,
  limit: fc.constantFrom(0, 1, 3, 10, 1000),
  marker: optional(fc.nat(59)),
});
