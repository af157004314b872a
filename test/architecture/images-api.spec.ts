import { existsSync, readFileSync } from 'node:fs';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Proof {
  readonly file: string;
  readonly title: string;
  /** One of the cases of a test that has many. */
  readonly on?: string;
}

const rowsOf = (document: string): string[] => read(document).split('\n').filter((line) => /^\| (?!rule |---)/.test(line));

const proofsOf = (rows: readonly string[]): Proof[] => rows.flatMap((row) => Array.from(row.matchAll(/`([^`]+\.ts)` › (.*?)(?: · (.*?))?(?=<br>| \|$)/g), ([, file = '', title = '', on]): Proof => ({ file, title, ...(on === undefined ? {} : { on }) })));

const WORDS = /[\p{L}\p{N}-]{2,}/gu;
const wordsOf = (title: string): number => title.replace(/%[.\d]*[a-z]|\$\w+/g, '').match(WORDS)?.length ?? 0;

/** Whether a test of the file has this title, whole, whichever quotes are around it. */
function isTitle(source: string, title: string): boolean {
  const plain = source.replaceAll(/\\(['"`])/g, '$1').replaceAll(/\(\s+/g, '(');
  return ["'", '"', '`'].some((quote) => plain.includes(`(${quote}${title}${quote}`) || plain.includes(`title: ${quote}${title}${quote}`));
}

describe.each([{ document: 'docs/images-api-v2.md', rules: 250 }, { document: 'docs/images-api-v1.md', rules: 35 }])('$document', ({ document, rules }) => {
  const rows = rowsOf(document);
  const proofs = proofsOf(rows);

  it('has a proof for every rule, or says what it waits for', () => {
    expect(rows.length).toBeGreaterThan(rules);
    expect(rows.filter((row) => !/` › |\| later: .+ \|$|\| nothing to prove \|$/.test(row))).toEqual([]);
  });

  it('names tests that there are, by their whole titles', () => {
    expect(proofs.length).toBeGreaterThan(rules);
    const missing = proofs.filter(({ file, title }) => !existsSync(new URL(`../../${file}`, import.meta.url)) || !isTitle(read(file), title));
    expect(missing).toEqual([]);
  });

  it('names cases that there are, and one wherever a title alone says nothing', () => {
    expect(proofs.filter(({ file, on }) => on !== undefined && !read(file).includes(on))).toEqual([]);
    expect(proofs.filter(({ title, on }) => wordsOf(title) === 0 && on === undefined)).toEqual([]);
  });
});
