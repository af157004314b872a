import type { ImageFilters, ImageQuery, MemberStatus, TimeOperator, Visibility } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import type { Paging } from '../http/paging.js';
import { sortOf } from './list-sort.js';
import { splitQuoted } from './quoted-list.js';

export type ListQuery = Omit<ImageQuery, 'viewer'>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** Lists grow in place: a query may have thousands of parameters. */
type Filters = Omit<Writable<ImageFilters>, Grown> & { [K in Grown]?: NonNullable<ImageFilters[K]>[number][] };
type Grown = 'times' | 'tags' | 'numbers';
type Draft = Omit<Writable<ListQuery>, 'filters'> & { filters: Filters; readonly properties: [string, string][] };
type Take = (value: string, draft: Draft, key: string) => void;

/** Parses `GET /v2/images?…` (images-v2 §6.2). */
export function parseListQuery(query: URLSearchParams, paging: Paging): ListQuery {
  const draft: Draft = { filters: {}, properties: [], sort: sortOf(query), limit: limitOf(query.get('limit'), paging) };
  for (const [key, value] of query) {
    if (key.includes('\0') || value.includes('\0')) throw new InvalidValue('A parameter of the query has a NUL character.');
    const take = PARAMS[key] ?? numberParam(key) ?? property;
    take(value, draft, key);
  }
  const { properties, ...asked } = draft;
  return properties.length === 0 ? asked : { ...asked, filters: { ...asked.filters, properties: Object.fromEntries(properties) } };
}

const ignore: Take = () => undefined;

/** PostgreSQL compares comparisons with each other before it begins: thousands take it seconds. */
const MAX_COMPARISONS = 100;

function refuseTooMany(comparisons: readonly unknown[], key: string): void {
  if (comparisons.length > MAX_COMPARISONS) throw new InvalidValue(`${key}: there are more than ${MAX_COMPARISONS} comparisons in the query.`);
}

const oneOf = (name: 'name' | 'id' | 'status' | 'containerFormat' | 'diskFormat'): Take => (value, { filters }, key) => {
  filters[name] = intersection(filters[name], valuesOf(value, key));
};

const intersection = (before: readonly string[] | undefined, now: readonly string[]): readonly string[] =>
  before ? before.filter((one) => now.includes(one)) : now;

const text = (name: 'owner' | 'checksum' | 'osHashAlgo' | 'osHashValue'): Take => (value, { filters }) => {
  filters[name] = value;
};

const timeParam = (column: 'created_at' | 'updated_at'): Take => (value, { filters }) => {
  (filters.times ??= []).push({ column, ...timeOf(value, column) });
  refuseTooMany(filters.times, column);
};

const PARAMS: Readonly<Record<string, Take | undefined>> = Object.assign(Object.create(null), {
  limit: ignore, sort: ignore, sort_key: ignore, sort_dir: ignore, deleted: ignore,
  marker: ((value, draft) => { draft.marker = value; }) satisfies Take,
  name: oneOf('name'), id: oneOf('id'), status: oneOf('status'), container_format: oneOf('containerFormat'), disk_format: oneOf('diskFormat'),
  owner: text('owner'), checksum: text('checksum'), os_hash_algo: text('osHashAlgo'), os_hash_value: text('osHashValue'),
  created_at: timeParam('created_at'), updated_at: timeParam('updated_at'),
  protected: ((value, { filters }) => { filters.protected = choice('protected', value, { true: true, false: false }); }) satisfies Take,
  os_hidden: ((value, draft) => { draft.hidden = choice('os_hidden', value.toLowerCase(), { true: true, false: false }); }) satisfies Take,
  tag: ((value, { filters }) => { (filters.tags ??= []).push(value); }) satisfies Take,
  visibility: ((value, draft) => { draft.visibility = choice('visibility', value, VISIBILITIES); }) satisfies Take,
  member_status: ((value, draft) => { draft.memberStatus = choice('member_status', value, MEMBER_STATUSES); }) satisfies Take,
  'changes-since': (() => { throw new InvalidValue('changes-since is a filter of the Images API v1; use updated_at=gte:<time>.'); }) satisfies Take,
} satisfies Record<string, Take>);

const VISIBILITIES: Readonly<Record<string, Visibility | 'all'>> = {
  public: 'public', private: 'private', shared: 'shared', community: 'community', all: 'all',
};

const MEMBER_STATUSES: Readonly<Record<string, MemberStatus | 'all'>> = {
  pending: 'pending', accepted: 'accepted', rejected: 'rejected', all: 'all',
};

const NUMBER = /^(size|virtual_size|min_disk|min_ram)(?:_(min|max))?$/;

function numberParam(key: string): Take | undefined {
  const [, column, bound] = NUMBER.exec(key) ?? [];
  if (!column) {
    if (/_(?:min|max)$/.test(key)) throw new InvalidValue(`${key}: only numeric attributes have a minimum or maximum.`);
    return undefined;
  }
  return (value, { filters }) => {
    if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(Number(value))) throw new InvalidValue(`${key}: '${value}' is not an integer.`);
    const number = { column: column as 'size', op: (bound ?? 'eq') as 'eq', value: Number(value) };
    (filters.numbers ??= []).push(number);
    refuseTooMany(filters.numbers, key);
  };
}

const property: Take = (value, { properties }, key) => {
  properties.push([key, value]);
};

function choice<T>(key: string, value: string, choices: Readonly<Record<string, T>>): T {
  const chosen = Object.hasOwn(choices, value) ? choices[value] : undefined;
  if (chosen === undefined) throw new InvalidValue(`Invalid ${key} value: ${value}. Valid values: ${Object.keys(choices).join(', ')}.`);
  return chosen;
}

function valuesOf(value: string, key: string): readonly string[] {
  const [, operator, rest = ''] = /^([a-z]+):(.*)$/s.exec(value) ?? [];
  if (operator === 'in') return splitQuoted(rest);
  if (operator === 'eq') return [rest];
  if (operator !== undefined) throw new InvalidValue(`Operator '${operator}' is not supported for ${key}.`);
  return [value];
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

function timeOf(value: string, key: string): { op: TimeOperator; at: Date } {
  const [, operator, rest] = /^([a-z]+):(.*)$/s.exec(value) ?? [undefined, 'eq', value];
  const op = choice(`${key} operator`, operator ?? 'eq', { gt: 'gt', gte: 'gte', lt: 'lt', lte: 'lte', neq: 'neq', eq: 'eq' } as const);
  const written = rest ?? '';
  const zoned = /Z|[+-]\d\d:?\d\d$/.test(written) || written.length === 10 ? written : `${written}Z`;
  const at = new Date(zoned.replace(' ', 'T'));
  if (!isInCalendar(written) || Number.isNaN(at.getTime())) throw new InvalidValue(`${key}: '${written}' is not an ISO 8601 time.`);
  return { op, at };
}

/** `Date` takes the 30th of February for the 1st of March, and knows a year 0. */
function isInCalendar(written: string): boolean {
  const [, year, month, day] = TIME.exec(written)?.map(Number) ?? [];
  return Boolean(year && month && day) && Number(day) <= new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
}

function limitOf(value: string | null, { limitDefault, limitMax }: Paging): number {
  if (value === null) return Math.min(limitDefault, limitMax);
  if (!/^\+?\d+$/.test(value)) throw new InvalidValue('limit param must be an integer of at least 0');
  return Math.min(Number(value), limitMax);
}
