import type { OptionName } from './option.js';
import { groupName, type IniEntry } from './oslo-ini.js';

/** What one source says about an option, as text. */
export interface Given {
  readonly values: readonly string[];
  /** `command line`, the name of an environment variable, `FILE:LINE`. */
  readonly origin: string;
}

/** One place where options are set. `names` holds the present name of an option and then the older ones. */
export interface Source {
  find(names: readonly OptionName[]): Given | undefined;
  /** All that it sets, where that can be told. */
  entries(): readonly { readonly name: OptionName; readonly origin: string }[];
}

export function fileSource(file: string, entries: readonly IniEntry[]): Source {
  const byName = Map.groupBy(entries, (entry) => `${entry.group}.${entry.option}`);
  const origin = (entry: IniEntry) => `${file}:${entry.line}`;
  return {
    find(names) {
      const found = names.map((name) => byName.get(`${groupName(name.group)}.${name.option}`)).find((each) => each !== undefined);
      const last = found?.at(-1);
      return found && last && { values: found.map((entry) => entry.value), origin: origin(last) };
    },
    entries: () => entries.map((entry) => ({ name: { group: entry.group, option: entry.option }, origin: origin(entry) })),
  };
}

/** `OS_<GROUP>__<OPTION>`; as in oslo.config older names do not count, and an unknown one is not ours to judge. */
export function environmentSource(env: Readonly<Record<string, string | undefined>>): Source {
  return {
    find([name]) {
      if (!name) return undefined;
      const variable = `OS_${name.group.toUpperCase()}__${name.option.toUpperCase()}`;
      const value = env[variable];
      return value === undefined ? undefined : { values: [value], origin: variable };
    },
    entries: () => [],
  };
}

/** Values by `group.option`. */
export function fixedSource(origin: string, values: ReadonlyMap<string, string>): Source {
  return {
    find([name]) {
      const value = name && values.get(`${name.group}.${name.option}`);
      return value === undefined ? undefined : { values: [value], origin };
    },
    entries: () => [],
  };
}
