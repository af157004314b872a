import { isDeepStrictEqual } from 'node:util';

type Groups = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Names of the options, `[group] option`, whose values differ. */
export function changedOptions(before: Groups, after: Groups): string[] {
  return Object.entries(after).flatMap(([group, options]) =>
    Object.entries(options)
      .filter(([option, value]) => !isDeepStrictEqual(value, before[group]?.[option]))
      .map(([option]) => `[${group}] ${option}`));
}
