import type { Image } from '../image/image.js';
import { readsOf, type Read } from './branch-sql.js';
import type { Branch } from './branches.js';
import { filterConditions } from './filter-sql.js';
import type { ImageQuery } from './image-list.js';
import { decisive, keysets, orderBy } from './order-sql.js';
import { SqlValues, type Put, type Statement } from './sql-values.js';

/** A query whose viewer became branches, and whose marker became the image behind it. */
export interface ListRequest extends Pick<ImageQuery, 'hidden' | 'filters' | 'sort' | 'limit'> {
  readonly branches: readonly Branch[];
  readonly marker?: Image;
}

interface Parts {
  readonly columns: string;
  readonly order: string;
  readonly limit: number;
  readonly hidden: string;
  readonly reads: readonly Read[];
  readonly filters: readonly string[];
}

/** Each branch is read in order, from the index that has it, until the page is full. */
export function orderedPage(request: ListRequest): Statement {
  return statement(request, ({ columns, order, limit, reads, filters }) =>
    docs(request, 'i.doc', reads.map(({ from, where, place }) =>
      `SELECT ${columns} FROM ${from} WHERE ${and(where, place, filters)} ORDER BY ${order} LIMIT ${limit}`)));
}

/**
 * Looks only at the first `window` rows of each branch. `matches`: the row is one of the page; `last`: it ends its
 * window, so the order of what follows it in the answer is not known to be whole.
 */
export function windowPage(request: ListRequest, window: number): Statement {
  return statement(request, ({ columns, order, limit, reads, filters }) =>
    docs(request, 'i.doc, page.matches, page.last', reads.map(({ from, where, place }) =>
      `SELECT * FROM (
        SELECT ${columns}, ${and(filters)} AS matches, row_number() OVER (ORDER BY ${order}) = ${window} AS last
        FROM ${from} WHERE ${and(where, place)} ORDER BY ${order} LIMIT ${window}
      ) AS newest WHERE matches OR last ORDER BY ${order} LIMIT ${limit}`)));
}

/** Finds all that match by the indexes of tags and properties first, and sorts then. */
export function matchedPage(request: ListRequest): Statement {
  return statement(request, (parts) => `WITH ${matched(parts)}\n${docs(request, 'i.doc', fromMatched('matched', parts))}`);
}

/** As `matchedPage` among at most so many: `cut` where there are more, and the page is none. At least one row, without a document where nothing is found. */
export function fewMatchedPage(request: ListRequest, atMost: number): Statement {
  return statement(request, (parts) => `WITH ${matched(parts)}, few AS MATERIALIZED (SELECT * FROM matched LIMIT ${atMost + 1})
    SELECT found.doc, whole.cut
    FROM (SELECT count(*) > ${atMost} AS cut FROM few) AS whole
    LEFT JOIN (${docs(request, 'page.*, i.doc', fromMatched('few', parts))}) AS found ON true
    ORDER BY ${orderBy(decisive(request.sort), 'found.')}`);
}

/** Planned as if all were wanted, so by the index, whatever the planner believes of the values; read only as far as is asked. */
const matched = ({ columns, hidden, filters }: Parts): string =>
  `matched AS MATERIALIZED (SELECT ${columns}, visibility, owner FROM afterimage.image WHERE ${and(['listed', hidden], filters)})`;

const fromMatched = (table: string, { columns, order, limit, reads }: Parts): string[] =>
  reads.map(({ among, place }) => `SELECT ${columns} FROM ${table} WHERE ${and(among, place)} ORDER BY ${order} LIMIT ${limit}`);

function docs({ sort, limit }: ListRequest, wanted: string, branches: readonly string[]): string {
  const order = orderBy(decisive(sort));
  return `SELECT ${wanted} FROM (
    SELECT * FROM (
      ${branches.map((branch) => `(${branch})`).join('\n      UNION ALL\n      ')}
    ) AS branches ORDER BY ${order} LIMIT ${limit}
  ) AS page JOIN afterimage.image AS i ON i.id = page.id ORDER BY ${orderBy(decisive(sort), 'page.')}`;
}

function statement(request: ListRequest, text: (parts: Parts) => string): Statement {
  const values = new SqlValues();
  return { text: text(partsOf(request, values.put)), values: values.all };
}

function partsOf({ hidden = false, filters, sort, limit, branches, marker }: ListRequest, put: Put): Parts {
  const keys = decisive(sort);
  const conditions = filterConditions(filters, put);
  const unlessHidden = hiddenCondition(hidden);
  return {
    columns: keys.map(({ key }) => key).join(', '),
    order: orderBy(keys),
    limit,
    hidden: unlessHidden,
    reads: readsOf(branches, { places: marker ? keysets(keys, marker, put) : [], hidden: unlessHidden, filtered: conditions.length > 0 }, put),
    filters: conditions,
  };
}

export const hiddenCondition = (hidden: ImageQuery['hidden']): string => (hidden === 'any' ? 'true' : hidden ? 'hidden' : 'NOT hidden');

const and = (...conditions: readonly (readonly string[])[]): string => conditions.flat().join(' AND ');
