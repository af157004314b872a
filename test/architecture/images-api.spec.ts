import { existsSync, readFileSync } from 'node:fs';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const rows = read('docs/images-api-v2.md').split('\n').filter((line) => /^\| (?!rule |---)/.test(line));
const proofs = rows.flatMap((row) => Array.from(row.matchAll(/`([^`]+\.ts)` › (.*?)(?=<br>| \|$)/g), ([, file = '', title = '']) => ({ file, title })));

/** A title as its file writes it, whichever quotes are around it. */
const named = (source: string, title: string): boolean => source.replaceAll(/\\(['"`])/g, '$1').includes(title);

describe('docs/images-api-v2.md', () => {
  it('has a proof for every rule, or says that it comes later', () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter((row) => !/` › |\| later \|$|\| nothing to prove \|$/.test(row))).toEqual([]);
  });

  it('names tests that there are', () => {
    expect(proofs.length).toBeGreaterThan(150);
    const missing = proofs.filter(({ file, title }) => !existsSync(new URL(`../../${file}`, import.meta.url)) || !named(read(file), title));
    expect(missing).toEqual([]);
  });
});
