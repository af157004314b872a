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

/** Keys that many images have in common. */
const TIED: readonly SortKey[] = ['name', 'status', 'container_format', 'disk_format', 'size'];

interface Step {
  readonly key: SortKey;
  readonly beyond: '<' | '>';
  readonly value: string;
}

/**
 * The rows after the marker, as conditions that no row meets two of; each is one that the index of this order can start
 * at. The images that tie with the marker on such a key are apart from those beyond it: of a row comparison the planner
 * looks at the first key alone, believes that nothing follows, and walks the wrong index.
 */
export function keysets(sort: readonly Sort[], marker: Image, put: Put): readonly string[] {
  return apart(sort.map(({ key, direction }) => ({ key, beyond: direction === 'asc' ? '>' : '<', value: put(sortValue(marker, key), TYPES[key]) })));
}

function apart(steps: readonly Step[]): readonly string[] {
  const [first, ...rest] = steps;
  if (!first) return [];
  const { key, beyond, value } = first;
  if (!TIED.includes(key)) return [after(steps)];
  return [`${key} ${beyond} ${value}`, ...apart(rest).map((condition) => `${key} = ${value} AND ${condition}`)];
}

function after(steps: readonly Step[]): string {
  const [first, ...rest] = steps;
  if (!first) return 'false';
  const { key, beyond, value } = first;
  if (rest.every((step) => step.beyond === beyond)) {
    return `(${steps.map((step) => step.key).join(', ')}) ${beyond} (${steps.map((step) => step.value).join(', ')})`;
  }
  return `${key} ${beyond}= ${value} AND (${key} ${beyond} ${value} OR (${after(rest)}))`;
}
