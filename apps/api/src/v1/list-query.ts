import { SORT_KEYS, type AskedList, type ImageFilters, type SortKey } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import type { Paging } from '../http/paging.js';
import { isImageId, truthOf } from './spelling.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Parses `GET /v1/images?…` (images-v1 §3); a parameter that means nothing is ignored. */
export function parseListQuery(query: URLSearchParams, paging: Paging, admin: boolean): AskedList {
  for (const [key, value] of query) if (key.includes('\0') || value.includes('\0')) throw new InvalidValue('A parameter of the query has a NUL character.');
  const key = choice('sort_key', query.get('sort_key') ?? 'created_at', SORT_KEYS);
  const direction = choice('sort_dir', (query.get('sort_dir') ?? 'desc').toLowerCase(), ['asc', 'desc'] as const);
  const then: SortKey[] = ['created_at', 'id'];
  const marker = query.get('marker');
  if (marker !== null && !isImageId(marker)) throw new InvalidValue('Invalid marker format');
  return {
    filters: filtersOf(query),
    sort: [key, ...then.filter((one) => one !== key)].map((one) => ({ key: one, direction })),
    limit: limitOf(query.get('limit'), paging),
    hidden: 'any',
    memberStatus: 'all',
    ...(marker === null ? {} : { marker }),
    ...stateOf(query, admin),
    ...(admin ? scopeOf(query.get('is_public')) : {}),
  };
}

function choice<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new InvalidValue(`Unsupported ${name}. Acceptable values: ${known.join(', ')}`);
  return found;
}

function limitOf(value: string | null, { limitDefault, limitMax }: Paging): number {
  if (value === null) return Math.min(limitDefault, limitMax);
  if (!/^\+?\d+$/.test(value)) throw new InvalidValue('limit param must be an integer of at least 0');
  return Math.min(Number(value), limitMax);
}

/** Deleted images are for admins, and for whoever asks what has changed since. */
function stateOf(query: URLSearchParams, admin: boolean): Pick<AskedList, 'state'> {
  const deleted = query.get('deleted');
  if (admin && deleted !== null) return { state: truthIn('deleted', deleted) ? 'deleted' : 'listed' };
  return { state: query.has('changes-since') ? 'any' : 'listed' };
}

/** An admin that says nothing sees what a user of its project would. */
function scopeOf(isPublic: string | null): Pick<AskedList, 'asUser' | 'visibility'> {
  if (isPublic === null) return { asUser: true };
  if (isPublic.toLowerCase() === 'none') return { visibility: 'all' };
  return truthIn('is_public', isPublic) ? { asUser: true } : { visibility: 'not public' };
}

function truthIn(name: string, value: string): boolean {
  const truth = truthOf(value);
  if (truth === undefined) throw new InvalidValue(`${name} must be None, True, or False`);
  return truth;
}

function filtersOf(query: URLSearchParams): ImageFilters {
  const filters: Writable<ImageFilters> = {};
  const [name, status, containerFormat, diskFormat] = ['name', 'status', 'container_format', 'disk_format'].map((key) => query.get(key));
  Object.assign(filters, ...Object.entries({ name, status, containerFormat, diskFormat }).map(([key, value]) => (value == null ? {} : { [key]: [value] })));
  const secured = query.get('protected');
  if (secured !== null) filters.protected = truthIn('protected', secured);
  filters.numbers = [
    ...number(query, 'size_min', 'size', 'min'), ...number(query, 'size_max', 'size', 'max'),
    ...number(query, 'min_ram', 'min_ram', 'eq'), ...number(query, 'min_disk', 'min_disk', 'eq'),
  ];
  const since = query.get('changes-since');
  if (since !== null) filters.times = [{ column: 'updated_at', op: 'gt', at: timeOf(since) }];
  const properties = [...query].filter(([key]) => key.startsWith('property-')).map(([key, value]) => [key.slice('property-'.length), value] as const);
  if (properties.length > 0) filters.properties = Object.fromEntries(properties);
  return filters;
}

type NumberFilter = NonNullable<ImageFilters['numbers']>[number];

function number(query: URLSearchParams, name: string, column: NumberFilter['column'], op: NumberFilter['op']): NumberFilter[] {
  const value = query.get(name);
  if (value === null) return [];
  if (!/^\s*[+-]?\d+\s*$/.test(value) || Number(value) < 0 || !Number.isSafeInteger(Number(value))) {
    throw new InvalidValue(`Invalid value '${value}' for ${name}: it is an integer of at least 0.`);
  }
  return [{ column, op, value: Number(value) }];
}

function timeOf(value: string): Date {
  // A plus sign of a zone that was not encoded.
  const written = value.trim().replace(/ (\d\d:?\d\d)$/, '+$1').replace(' ', 'T');
  const at = new Date(/(?:Z|[+-]\d\d:?\d\d)$|^\d{4}-\d\d-\d\d$/.test(written) ? written : `${written}Z`);
  if (!/^\d{4}-\d\d-\d\d/.test(written) || Number.isNaN(at.getTime())) throw new InvalidValue('Unrecognized changes-since value');
  return at;
}
