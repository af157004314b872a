import { all, always, any, never } from './check.js';
import { parseSingleCheck, type ParsedRule } from './parse-rule.js';

/** A rule in the older form: a list of lists of checks, the outer one joined by `or`, the inner ones by `and`. */
export type ListRule = readonly (readonly string[])[];

/** As oslo.policy reads it: without any list everybody passes, with empty ones only nobody does. */
export function parseListRule(name: string, list: ListRule): ParsedRule {
  if (list.length === 0) return { check: always, asks: [], depth: 0 };
  const groups = list.filter((group) => group.length > 0).map((group) => group.map((text) => parseSingleCheck(name, text)));
  return {
    check: groups.length === 0 ? never : any(groups.map((group) => all(group.map(({ check }) => check)))),
    asks: groups.flat().flatMap(({ asks }) => asks),
    depth: 2,
  };
}

/** The same in the rule language. */
export function textOfListRule(list: ListRule): string {
  if (list.length === 0) return '';
  const groups = list.filter((group) => group.length > 0).map((group) => (group.length === 1 ? group.join('') : `(${group.join(' and ')})`));
  return groups.length === 0 ? '!' : groups.join(' or ');
}
