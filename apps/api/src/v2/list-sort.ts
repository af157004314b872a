import { SORT_KEYS, type Sort, type SortKey } from '#images';
import { InvalidValue } from '../http/api.errors.js';

/** The order that `sort`, or `sort_key` and `sort_dir`, ask for. */
export function sortOf(query: URLSearchParams): Sort[] {
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  const combined = query.getAll('sort');
  if (combined.length > 0) {
    if (keys.length > 0 || directions.length > 0) throw new InvalidValue('Old and new sorting syntax cannot be combined');
    const given = combined.join(',').split(',').map((part) => {
      const [key = '', direction = 'desc', ...more] = part.trim().split(':');
      if (more.length > 0) throw new InvalidValue(`Invalid sort: ${part}`);
      return sort(key, direction);
    });
    return complete(given, given.length === 1 && given[0] ? given[0].direction : 'desc');
  }
  if (directions.length > 1 && directions.length !== keys.length) {
    throw new InvalidValue('Number of sort dirs does not match the number of sort keys');
  }
  const only = directions.length === 1 ? directions[0] : undefined;
  const given = keys.map((key, i) => sort(key, only ?? directions[i] ?? 'desc'));
  return complete(given, only === undefined ? 'desc' : sort('id', only).direction);
}

function sort(key: string, direction: string): Sort {
  if (!SORT_KEYS.includes(key as SortKey)) throw new InvalidValue(`Invalid sort key: ${key}. It must be one of: ${SORT_KEYS.join(', ')}.`);
  if (direction !== 'asc' && direction !== 'desc') throw new InvalidValue(`Invalid sort direction: ${direction}. It must be one of: asc, desc.`);
  return { key: key as SortKey, direction };
}

/** `created_at` and `id` always end the order, so that it is total. */
function complete(given: readonly Sort[], direction: 'asc' | 'desc'): Sort[] {
  const sorts: Sort[] = [];
  for (const one of [...given, { key: 'created_at', direction }, { key: 'id', direction }] as const) {
    if (!sorts.some(({ key }) => key === one.key)) sorts.push(one);
  }
  return sorts;
}
