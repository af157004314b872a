import { existsSync, readFileSync } from 'node:fs';
import type { OptionGroup } from '../../libs/settings/src/option.js';
import { optionGroups } from '../../libs/settings/src/options/index.js';
import { knownOptions } from '../../libs/settings/src/options/known-options.js';
import { needlessOptions } from '../../libs/settings/src/options/needless-options.js';

const DOCUMENT = 'docs/options.md';
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = read(DOCUMENT);

interface Row {
  /** Those that the heading above the table names. */
  readonly groups: readonly string[];
  readonly options: readonly string[];
  readonly defaults: readonly string[];
  readonly state: string;
  readonly line: string;
}

const code = (cell: string): string[] => [...cell.matchAll(/`([^`]*)`|\b(none|empty)\b/g)].map(([, quoted, word = '']) => quoted ?? word);

const rows: readonly Row[] = text.split(/^## /m).slice(1).flatMap((section) => {
  const groups = [...(section.split('\n', 1)[0] ?? '').matchAll(/\[(\w+)\]/g)].map(([, group = '']) => group);
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => {
    const [, options = '', defaults = '', state = ''] = line.split(/ ?\| ?/);
    return { groups, options: code(options), defaults: code(defaults), state, line };
  });
});

const rowOf = (group: string, option: string): Row | undefined => rows.find((row) => row.groups.includes(group) && row.options.includes(option));

const groups: Readonly<Record<string, OptionGroup>> = optionGroups;
const acting = Object.entries(groups).flatMap(([group, options]) => Object.entries(options).map(([option, about]) => ({ group, option, about })));
const shownDefault = (value: string | undefined): string => (value === undefined ? 'none' : value === '' ? 'empty' : value);
const plain = (source: string): string => source.replaceAll(/\\(['"`])/g, '$1');

/** Whether a test of the file has this title, whole, whichever quotes are around it. */
const isTitle = (source: string, title: string): boolean => ["'", '"', '`'].some((quote) => plain(source).includes(`(${quote}${title}${quote}`));

describe('docs/options.md', () => {
  it('has a row for each option that acts; to add one, write it under the heading of its group, in the form of its neighbours', () => {
    const missing = acting.filter(({ group, option }) => !rowOf(group, option));
    expect(missing.map(({ group, option, about }) =>
      `write into ${DOCUMENT}, under [${group}]: | \`${option}\` | ${about.default ? `\`${about.default}\`` : shownDefault(about.default)} | acts | WHAT IT DOES | \`TEST FILE\` › TITLE |`)).toEqual([]);
  });

  it('says of each that it acts, with the default in force and the older names', () => {
    const wrong = acting.flatMap(({ group, option, about }) => {
      const row = rowOf(group, option);
      const told = row?.defaults[row.options.indexOf(option)];
      const older = about.formerly.map((name) => `\`[${name.group}] ${name.option}\``).filter((name) => !row?.line.includes(name));
      const name = `[${group}] ${option}`;
      return [
        ...(row?.state === 'acts' ? [] : [`${name} acts now: change its state in ${DOCUMENT}, which is "${row?.state}"`]),
        ...(told === shownDefault(about.default) ? [] : [`${name}: the default is ${shownDefault(about.default)}, ${DOCUMENT} says ${told}`]),
        ...older.map((each) => `${name}: ${DOCUMENT} does not name its older name ${each}`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('has a row for each option of [DEFAULT] that is known without acting, which says why', () => {
    const named = (known: Readonly<Record<string, readonly string[]>>, state: string) =>
      (known['DEFAULT'] ?? []).filter((option) => rowOf('DEFAULT', option)?.state !== state).map((option) => `${DOCUMENT} needs a row of state "${state}" for [DEFAULT] ${option}`);
    expect([...named(knownOptions, 'later'), ...named(needlessOptions, 'needless')]).toEqual([]);
  });

  it('has a row for each other section whose options are known without acting', () => {
    const sections = [...Object.keys(knownOptions), ...Object.keys(needlessOptions)].filter((group) => group !== 'DEFAULT');
    expect(sections.filter((group) => !rows.some((row) => row.options.includes(`[${group}]`) || (row.groups.includes(group) && row.state !== 'acts')))).toEqual([]);
  });

  it('names no option that is not known', () => {
    const known = (group: string, option: string) =>
      groups[group]?.[option] !== undefined || [knownOptions, needlessOptions].some((list) => list[group]?.includes(option));
    const wrong = rows.flatMap((row) => row.options.filter((option) => row.groups.length > 0 && !row.groups.some((group) => known(group, option))));
    expect(wrong).toEqual([]);
  });

  it('proves each row by tests that there are, by their whole titles', () => {
    expect(rows.length).toBeGreaterThan(90);
    expect(text.split('\n').filter((line) => /^\| (?!option |rule |---)/.test(line) && !line.includes('` › '))).toEqual([]);
    const proofs = [...text.matchAll(/`([^`]+\.ts)` › (.*?)(?=<br>| \|$)/gm)].map(([, file = '', title = '']) => ({ file, title }));
    const missing = proofs.filter(({ file, title }) => !existsSync(new URL(`../../${file}`, import.meta.url)) || !isTitle(read(file), title));
    expect(missing).toEqual([]);
  });
});
