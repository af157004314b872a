import type { OptionName } from './option.js';
import { optionGroups } from './options/index.js';
import { corsOptions } from './options/cors.js';
import { isKnownOption, isKnownStoreOption } from './options/known-options.js';
import { backendOptions } from './options/glance-store.js';
import { isNeedlessOption } from './options/needless-options.js';
import type { Source } from './sources.js';

const shown = ({ group, option }: OptionName) => `[${group}] ${option}`;
const listed = (names: readonly OptionName[]) => [...new Set(names.map(shown))].sort().join(', ');

const acting = new Set(
  Object.entries(optionGroups).flatMap(([group, options]) =>
    Object.entries(options).flatMap(([option, { formerly }]) => [{ group, option }, ...formerly].map(shown)),
  ),
);

/** Sections of backends; those of Glance's own stores for staging and tasks have the same options. */
function isBackendOption(name: OptionName, backendIds: ReadonlySet<string>, test: (option: string) => boolean): boolean {
  return (backendIds.has(name.group) || name.group.startsWith('os_glance_')) && test(name.option);
}

/** One text that names each option of the files that has no effect; undefined: all have. */
export function unservedWarning(files: readonly Source[], backendIds: readonly string[]): string | undefined {
  const ids = new Set(backendIds.map((id) => id.toLowerCase()));
  const names = files.flatMap((file) => file.entries().map(({ name }) => name));
  const acts = (name: OptionName) => acting.has(shown(name)) || (name.group.startsWith('cors.') && name.option in corsOptions);
  const idle = names.filter((name) => !acts(name) && !isBackendOption(name, ids, (option) => option in backendOptions));
  const known = (name: OptionName) => isKnownOption(name.group, name.option) || isBackendOption(name, ids, isKnownStoreOption);
  const needless = (name: OptionName) => isNeedlessOption(name.group, name.option);
  const parts = [
    ['not known', idle.filter((name) => !known(name) && !needless(name))] as const,
    ['of Glance, but not served yet', idle.filter(known)] as const,
    ['of Glance, but not needed here', idle.filter(needless)] as const,
  ].filter(([, found]) => found.length > 0);
  if (parts.length === 0) return undefined;
  return `options without effect: ${parts.map(([what, found]) => `${what}: ${listed(found)}`).join('; ')}`;
}
