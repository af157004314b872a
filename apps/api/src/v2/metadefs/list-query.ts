import type { FastifyRequest } from 'fastify';
import { NAMESPACE_SORT_KEYS, type NamespaceQuery, type NamespaceVisibility } from '#metadefs';
import { InvalidValue } from '../../http/api.errors.js';
import type { Paging } from '../../http/paging.js';

/** Of the tags and objects of a namespace. */
const DEFINITION_SORT_KEYS = ['name', 'created_at', 'updated_at', 'id'] as const;

export interface TagPage {
  readonly limit: number;
  readonly marker: string | undefined;
  readonly key: (typeof DEFINITION_SORT_KEYS)[number];
  readonly direction: 'asc' | 'desc';
}

export function queryOf(request: FastifyRequest): URLSearchParams {
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  for (const part of [...query.keys(), ...query.values()]) {
    if (part.includes('\0')) throw new InvalidValue('A parameter of the query has a NUL character.');
  }
  return query;
}

/** `GET /v2/metadefs/namespaces?…`; what it does not know is ignored. `marker` is a name. */
export function parseNamespaceQuery(query: URLSearchParams, { limitDefault, limitMax }: Paging): Omit<NamespaceQuery, 'viewer'> {
  const visibility = checkVisibility(query);
  return {
    limit: Math.min(limitOf(query, 0) ?? limitDefault, limitMax),
    sort: { key: oneOf(query, 'sort_key', NAMESPACE_SORT_KEYS) ?? 'created_at', direction: directionOf(query) },
    marker: query.get('marker') ?? undefined,
    ...(visibility === undefined ? {} : { visibility }),
    ...(query.has('owner') ? { owner: query.get('owner') ?? '' } : {}),
    ...(query.has('resource_types') ? { resourceTypes: query.getAll('resource_types').flatMap((types) => types.split(',')) } : {}),
  };
}

export const checkVisibility = (query: URLSearchParams): NamespaceVisibility | undefined => oneOf(query, 'visibility', ['public', 'private'] as const);

/** Checks what clients ask of the objects; they get all of them, by name. */
export function checkObjectQuery(query: URLSearchParams): void {
  limitOf(query, 1);
  directionOf(query);
  oneOf(query, 'visibility', ['public', 'private', 'shared']);
}

export function parseTagQuery(query: URLSearchParams): TagPage {
  oneOf(query, 'visibility', ['public', 'private', 'shared']);
  return {
    limit: limitOf(query, 0) ?? Infinity,
    marker: query.get('marker') || undefined,
    key: oneOf(query, 'sort_key', DEFINITION_SORT_KEYS) ?? 'created_at',
    direction: directionOf(query),
  };
}

function limitOf(query: URLSearchParams, least: number): number | undefined {
  const value = query.get('limit');
  if (value === null) return undefined;
  if (!/^[+-]?\d+$/.test(value)) throw new InvalidValue('limit param must be an integer');
  if (Number(value) < least) throw new InvalidValue('limit param must be positive');
  return Number(value);
}

const directionOf = (query: URLSearchParams): 'asc' | 'desc' => oneOf(query, 'sort_dir', ['asc', 'desc'] as const) ?? 'desc';

function oneOf<T extends string>(query: URLSearchParams, key: string, values: readonly T[]): T | undefined {
  const value = query.get(key);
  if (value === null) return undefined;
  const found = values.find((one) => one === value);
  if (found === undefined) throw new InvalidValue(`Invalid ${key} value: ${value}. It must be one of: ${values.join(', ')}.`);
  return found;
}
