import type { Branch } from './branches.js';
import { filterConditions } from './filter-sql.js';
import type { ImageQuery } from './image-list.js';
import { hiddenCondition, type ListRequest } from './list-sql.js';
import { decisive, keysets, orderBy } from './order-sql.js';
import { SqlValues, type Put, type Statement } from './sql-values.js';

const STATES: Readonly<Record<Exclude<NonNullable<ImageQuery['state']>, 'listed'>, string>> = {
  deleted: `NOT listed AND status <> 'killed'`,
  any: 'true',
};

/**
 * A page of images that may be deleted. Such lists are those of auditors and of who synchronises: what bounds them is the
 * time of the last change, or that few are deleted, so one read serves all branches.
 */
export function anyStatePage({ branches, hidden, filters, sort, limit, marker }: ListRequest, state: keyof typeof STATES): Statement {
  const values = new SqlValues();
  const { put } = values;
  const keys = decisive(sort);
  const conditions = [
    STATES[state],
    hiddenCondition(hidden),
    either(branches.map((branch) => inBranch(branch, put))),
    ...filterConditions(filters, put),
    ...(marker ? [either(keysets(keys, marker, put))] : []),
  ];
  return { text: `SELECT doc FROM afterimage.image WHERE ${conditions.join(' AND ')} ORDER BY ${orderBy(keys)} LIMIT ${limit}`, values: values.all };
}

function inBranch(branch: Branch, put: Put): string {
  if ('member' in branch) return `visibility = 'shared' AND doc->'members' @> ${put(JSON.stringify([branch]), 'jsonb')}`;
  return `visibility = '${branch.visibility}'${branch.owner === undefined ? '' : ` AND owner = ${put(branch.owner, 'text')}`}`;
}

const either = (conditions: readonly string[]): string => `(${conditions.map((one) => `(${one})`).join(' OR ')})`;
