import type { ImageFilters, TimeOperator } from './image-list.js';
import { isUuid, type Put } from './sql-values.js';

type Numbers = NonNullable<ImageFilters['numbers']>[number];

/** Conditions on the table's columns that all hold at once. */
export function filterConditions(filters: ImageFilters, put: Put): string[] {
  const { numbers = [], times = [], tags = [], properties = {} } = filters;
  return [
    ...oneOf('name', filters.name, put),
    ...oneOf('status', filters.status, put),
    ...oneOf('container_format', filters.containerFormat, put),
    ...oneOf('disk_format', filters.diskFormat, put),
    ...idIn(filters.id, put),
    ...equal('owner', filters.owner, put),
    ...equal('checksum', filters.checksum, put),
    ...equal('os_hash_algo', filters.osHashAlgo, put),
    ...equal('os_hash_value', filters.osHashValue, put),
    ...(filters.protected === undefined ? [] : [filters.protected ? 'protected' : 'NOT protected']),
    ...numbers.flatMap((number) => numberConditions(number, put)),
    ...times.map(({ column, op, at }) => timeCondition(column, op, at, put)),
    ...(tags.length > 0 ? [`tags @> ${put(tags, 'text[]')}`] : []),
    ...(Object.keys(properties).length > 0 ? [`props @> ${put(JSON.stringify(properties), 'jsonb')}`] : []),
  ];
}

const DOC_KEYS = { name: 'name', status: 'status', container_format: 'containerFormat', disk_format: 'diskFormat' };

/** Their columns hold '' for null, which no value equals. */
function oneOf(column: keyof typeof DOC_KEYS, values: readonly string[] | undefined, put: Put): string[] {
  if (values === undefined) return [];
  const found = values.length === 1 ? `${column} = ${put(values[0], 'text')}` : `${column} = ANY (${put(values, 'text[]')})`;
  return values.includes('') ? [found, `(${column} <> '' OR doc->>'${DOC_KEYS[column]}' = '')`] : [found];
}

const idIn = (ids: readonly string[] | undefined, put: Put): string[] =>
  ids === undefined ? [] : [`id = ANY (${put(ids.filter(isUuid), 'uuid[]')})`];

const equal = (column: string, value: string | undefined, put: Put): string[] =>
  value === undefined ? [] : [`${column} = ${put(value, 'text')}`];

const NUMBER_OPERATORS = { eq: '=', min: '>=', max: '<=' };

/** The column `size` holds 0 for null, which no number equals and no bound includes. */
function numberConditions({ column, op, value }: Numbers, put: Put): string[] {
  const found = `${column} ${NUMBER_OPERATORS[op]} ${put(value, 'bigint')}`;
  const includesZero = op === 'eq' ? value === 0 : op === 'min' ? value <= 0 : value >= 0;
  return column === 'size' && includesZero ? [found, `(size <> 0 OR doc->>'size' = '0')`] : [found];
}

/** Compares whole seconds, as the API shows times, but by bounds that an index can use. */
function timeCondition(column: string, op: TimeOperator, at: Date, put: Put): string {
  const seconds = at.getTime() / 1000;
  const from = (second: number) => `to_timestamp(${put(second, 'float8')})`;
  const upTo = Math.floor(seconds) + 1;
  switch (op) {
    case 'gt':
      return `${column} >= ${from(upTo)}`;
    case 'gte':
      return `${column} >= ${from(Math.ceil(seconds))}`;
    case 'lt':
      return `${column} < ${from(Math.ceil(seconds))}`;
    case 'lte':
      return `${column} < ${from(upTo)}`;
    case 'eq':
      return Number.isInteger(seconds) ? `(${column} >= ${from(seconds)} AND ${column} < ${from(upTo)})` : 'false';
    case 'neq':
      return Number.isInteger(seconds) ? `(${column} < ${from(seconds)} OR ${column} >= ${from(upTo)})` : 'true';
  }
}
