import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGE_EVENT_SCOPES, IMAGE_EVENT_VERSIONS } from '#images';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string): string => readFileSync(resolve(ROOT, file), 'utf8');

/** First cells of the rows of a document's tables, where they are code. */
const rows = (file: string): string[][] =>
  [...text(file).matchAll(/^\| `(\w+)` \|(.*)\|$/gm)].map(([, name = '', rest = '']) => [name, ...rest.split('|').map((cell) => cell.trim())]);

describe('docs/errors.md', () => {
  it('lists every code of every error, and no other', () => {
    const codes = globSync('{src,apps,libs}/**/*.errors.ts', { cwd: ROOT }).flatMap((file) => [...text(file).matchAll(/\bcode = '(\w+)'/g)].map(([, code]) => code ?? ''));
    expect(rows('docs/errors.md').map(([code]) => code).toSorted()).toEqual([...new Set(codes)].toSorted());
  });
});

describe('docs/events.md', () => {
  it('lists every event with its version and scope, and no other', () => {
    const listed = Object.fromEntries(rows('docs/events.md').map(([type, version, scope]) => [type, `${version} ${scope}`]));
    const known = Object.entries(IMAGE_EVENT_VERSIONS).map(([type, version]) => [type, `${version} ${IMAGE_EVENT_SCOPES[type as keyof typeof IMAGE_EVENT_SCOPES]}`]);
    expect(listed).toEqual(Object.fromEntries(known));
  });
});
