import type { OsloType } from './oslo-types.js';

export interface OptionName {
  readonly group: string;
  readonly option: string;
}

export interface Option<T> {
  readonly type: OsloType<unknown>;
  /** As it would stand in a file; none: the value is undefined. */
  readonly default: string | undefined;
  /** All values of a repeated key, instead of the last one. */
  readonly multi: boolean;
  /** Never shown, except as `***`. */
  readonly secret: boolean;
  /** Older names, still read; in one file the present name wins. */
  readonly formerly: readonly OptionName[];
  /** Only carries the type of the value. */
  readonly value?: T;
}

export type OptionGroup = Readonly<Record<string, Option<unknown>>>;
export type ValuesOf<G extends OptionGroup> = { readonly [K in keyof G]: G[K] extends Option<infer T> ? T : never };

type Traits = Partial<Pick<Option<unknown>, 'secret' | 'formerly'>>;
const plain = { multi: false, secret: false, formerly: [] };

export const option = <T>(type: OsloType<T>, value: string, traits: Traits = {}): Option<T> => ({ ...plain, ...traits, type, default: value });

export const optional = <T>(type: OsloType<T>, traits: Traits = {}): Option<T | undefined> => ({ ...plain, ...traits, type, default: undefined });

export const repeated = <T>(type: OsloType<T>, traits: Traits = {}): Option<readonly T[]> => ({
  ...plain, ...traits, type, default: undefined, multi: true,
});

/** `formerly('DEFAULT.sql_connection', 'sql.connection')`. */
export const formerly = (...names: readonly `${string}.${string}`[]): { readonly formerly: readonly OptionName[] } => ({
  formerly: names.map((name) => {
    const dot = name.indexOf('.');
    return { group: name.slice(0, dot), option: name.slice(dot + 1) };
  }),
});
