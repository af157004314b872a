import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_STATUS } from '../../apps/api/src/v2/error-status.js';
import { IMAGE_EVENT_SCOPES, IMAGE_EVENT_VERSIONS, TASK_EVENT_SCOPES, TASK_EVENT_VERSIONS } from '#images';
import { METADEFS_EVENT_SCOPES, METADEFS_EVENT_VERSIONS } from '#metadefs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string): string => readFileSync(resolve(ROOT, file), 'utf8');

/** First cells of the rows of a document's tables, where they are code. */
const rows = (file: string): string[][] =>
  [...text(file).matchAll(/^\| `(\w+)` \|(.*)\|$/gm)].map(([, name = '', rest = '']) => [name, ...rest.split('|').map((cell) => cell.trim())]);

describe('docs/errors.md', () => {
  const documented = rows('docs/errors.md');
  it('lists every code of every error, and no other', () => {
    const sources = globSync('{src,apps,libs}/**/*.ts', { cwd: ROOT, exclude: (file) => /\.(spec|fixture|contract)\.ts$/.test(file) });
    const codes = sources.flatMap((file) => [...text(file).matchAll(/^\s*(?:.*\{ )?readonly code = '(\w+)'/gm)].map(([, code = '']) => code));
    expect(codes.length).toBeGreaterThan(40);
    expect(documented.map(([code]) => code).toSorted()).toEqual([...new Set(codes)].toSorted());
  });

  it('gives each code the status that the API answers with, and a dash where it never does', () => {
    const statuses: Readonly<Record<string, number | undefined>> = ERROR_STATUS;
    const told = Object.fromEntries(documented.map(([code = '', status]) => [code, status]));
    expect(told).toEqual(Object.fromEntries(documented.map(([code = '']) => [code, String(statuses[code] ?? '–')])));
    expect(Object.keys(ERROR_STATUS).filter((code) => told[code] === undefined)).toEqual([]);
  });
});

describe('docs/events.md', () => {
  it('lists every event with its version and scope, and no other', () => {
    const listed = Object.fromEntries(rows('docs/events.md').map(([type, version, scope]) => [type, `${version} ${scope}`]));
    const scopes: Readonly<Record<string, string>> = { ...IMAGE_EVENT_SCOPES, ...METADEFS_EVENT_SCOPES, ...TASK_EVENT_SCOPES };
    const known = Object.entries({ ...IMAGE_EVENT_VERSIONS, ...METADEFS_EVENT_VERSIONS, ...TASK_EVENT_VERSIONS }).map(([type, version]) => [type, `${version} ${scopes[type]}`]);
    expect(listed).toEqual(Object.fromEntries(known));
  });
});
