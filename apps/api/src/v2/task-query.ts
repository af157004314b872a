import { TASK_FILTER_KEYS, TASK_SORT_KEYS, type TaskFilterKey, type TaskQuery, type TaskSortKey } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import type { Paging } from '../http/paging.js';

const STATUSES = ['pending', 'processing', 'success', 'failure'];
const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Parses `GET /v2/tasks?…` (images-v2 §17); a parameter that tasks do not have means nothing. */
export function parseTaskQuery(query: URLSearchParams, paging: Paging): Omit<TaskQuery, 'viewer' | 'endedAfter'> {
  for (const [key, value] of query) if (key.includes('\0') || value.includes('\0')) throw new InvalidValue('A parameter of the query has a NUL character.');
  const marker = query.get('marker') || undefined;
  if (marker !== undefined && !UUID.test(marker)) throw new InvalidValue('Invalid marker format');
  return {
    filters: filtersOf(query),
    sort: { key: sortKey(query.get('sort_key')), direction: direction(query.get('sort_dir')) },
    limit: limitOf(query.get('limit'), paging),
    ...(marker === undefined ? {} : { marker: dashed(marker) }),
  };
}

function filtersOf(query: URLSearchParams): TaskQuery['filters'] {
  const given = TASK_FILTER_KEYS.flatMap((key): [TaskFilterKey, string][] => {
    const value = query.getAll(key).at(-1);
    return value === undefined || value === '' ? [] : [[key, value]];
  });
  const filters: TaskQuery['filters'] = Object.fromEntries(given);
  if (filters.status !== undefined && !STATUSES.includes(filters.status)) throw new InvalidValue(`Invalid status value: ${filters.status}`);
  if (filters.type !== undefined && filters.type !== 'import') throw new InvalidValue(`Invalid type value: ${filters.type}`);
  return filters;
}

function sortKey(value: string | null): TaskSortKey {
  const key = value ?? 'created_at';
  if (!TASK_SORT_KEYS.includes(key as TaskSortKey)) throw new InvalidValue(`Invalid sort key: ${key}. It must be one of: ${TASK_SORT_KEYS.join(', ')}.`);
  return key as TaskSortKey;
}

function direction(value: string | null): 'asc' | 'desc' {
  const given = value ?? 'desc';
  if (given !== 'asc' && given !== 'desc') throw new InvalidValue(`Invalid sort direction: ${given}`);
  return given;
}

function limitOf(value: string | null, { limitDefault, limitMax }: Paging): number {
  if (value === null) return Math.min(limitDefault, limitMax);
  if (!/^-?\d+$/.test(value)) throw new InvalidValue('limit param must be an integer');
  if (value.startsWith('-')) throw new InvalidValue('limit param must be positive');
  return Math.min(Number(value), limitMax);
}

const dashed = (id: string): string => id.replaceAll('-', '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
