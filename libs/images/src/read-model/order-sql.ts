import type { Image } from '../image/image.js';
import type { Sort, SortKey } from './image-list.js';
import { sortValue } from './sort-value.js';
import type { Put } from './sql-values.js';

const TYPES: Readonly<Record<SortKey, string>> = {
  name: 'text', status: 'text', container_format: 'text', disk_format: 'text',
  size: 'bigint', id: 'uuid', created_at: 'timestamptz', updated_at: 'timestamptz',
};

/** Nothing after `id` changes the order, and it would hide from the planner that the primary key has it. */
export const decisive = (sort: readonly Sort[]): readonly Sort[] => sort.slice(0, sort.findIndex(({ key }) => key === 'id') + 1);

export const orderBy = (sort: readonly Sort[], table = ''): string =>
  sort.map(({ key, direction }) => `${table}${key} ${direction === 'asc' ? 'ASC' : 'DESC'}`).join(', ');

/** The rows after the marker, in a form that the index of this order can start at. */
export function keyset(sort: readonly Sort[], marker: Image, put: Put): string {
  const steps = sort.map(({ key, direction }) => ({ key, beyond: direction === 'asc' ? '>' : '<', value: put(sortValue(marker, key), TYPES[key]) }));
  const [first] = steps;
  if (first && steps.every(({ beyond }) => beyond === first.beyond)) {
    return `(${steps.map(({ key }) => key).join(', ')}) ${first.beyond} (${steps.map(({ value }) => value).join(', ')})`;
  }
  return steps.reduceRight(
    (rest, { key, beyond, value }) =>
      rest === '' ? `${key} ${beyond} ${value}` : `${key} ${beyond}= ${value} AND (${key} ${beyond} ${value} OR (${rest}))`,
    '',
  );
}
