import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Who may import whom; nobody else anybody. `src` wires everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'libs/event-store': [],
  'libs/stores': [],
  'libs/access': [],
  'libs/settings': [],
  'libs/images': ['libs/event-store', 'libs/stores', 'libs/access'],
  'libs/metadefs': ['libs/event-store', 'libs/access'],
  'apps/api': ['libs/images', 'libs/metadefs', 'libs/access', 'libs/event-store', 'libs/stores', 'libs/settings'],
  'apps/worker': ['libs/images', 'libs/metadefs', 'libs/stores', 'libs/access', 'libs/event-store', 'libs/settings'],
  src: ['libs/event-store', 'libs/stores', 'libs/access', 'libs/settings', 'libs/images', 'libs/metadefs', 'apps/api', 'apps/worker'],
};

/** Deciders and folds: no framework, no clock, no I/O. */
const PURE = ['libs/images/src/image/', 'libs/metadefs/src/metadefs/'];

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const files = globSync('{src,apps,libs}/**/*.ts', { cwd: ROOT }).toSorted();
const isTest = (file: string) => /\.(spec|contract|fixture)\.ts$/.test(file);

const imports: readonly Import[] = files.flatMap((file) =>
  ts.preProcessFile(readFileSync(resolve(ROOT, file), 'utf8'), true, true).importedFiles.map(({ fileName }) => ({ file, specifier: fileName })),
);

/** `libs/images`, `apps/api`, `src`, or the package's own name. */
const roomOf = (path: string): string => (path.startsWith('src/') ? 'src' : path.split('/').slice(0, 2).join('/'));

function target({ file, specifier }: Import): string {
  if (specifier.startsWith('#apps/')) return `apps/${specifier.slice('#apps/'.length)}`;
  if (specifier.startsWith('#')) return `libs/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier;
}

const ours = (path: string): boolean => /^(src|apps|libs|test)\//.test(path);
const told = (found: readonly Import[]): string[] => found.map(({ file, specifier }) => `${file} imports ${specifier}`);

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  it('go only where the table lets them', () => {
    const wrong = imports.filter((one) => {
      const [from, to] = [roomOf(one.file), roomOf(target(one))];
      if (isTest(one.file) && target(one).startsWith('test/support/')) return false;
      return ours(`${target(one)}/`) && from !== to && !MAY_IMPORT[from]?.includes(to);
    });
    expect(told(wrong)).toEqual([]);
  });

  it('reach another room only through its name', () => {
    const wrong = imports.filter((one) => one.specifier.startsWith('.') && roomOf(one.file) !== roomOf(target(one)) && !target(one).startsWith('test/support/'));
    expect(told(wrong)).toEqual([]);
  });

  it('of bullmq stand only in the worker', () => {
    expect(told(imports.filter(({ file, specifier }) => specifier.startsWith('bullmq') && roomOf(file) !== 'apps/worker'))).toEqual([]);
  });

  it('version 1 is a translation: it knows services and HTTP, and nothing below', () => {
    const allowed = /^(?:\.\/|\.\.\/http\/|\.\.\/v2\/error-status\.js$|\.\.\/api\.options\.js$|#images$|#stores$|@nestjs\/common$|fastify$)/;
    expect(told(imports.filter(({ file, specifier }) => file.startsWith('apps/api/src/v1/') && !allowed.test(specifier)))).toEqual([]);
  });

  it('of the pure domain are itself and the event store', () => {
    const wrong = imports.filter((one) => {
      const pure = isTest(one.file) ? undefined : PURE.find((folder) => one.file.startsWith(folder));
      return pure !== undefined && one.specifier !== '#event-store' && !target(one).startsWith(pure);
    });
    expect(told(wrong)).toEqual([]);
  });
});

describe('source files', () => {
  it('have at most 300 lines', () => {
    const long = files.filter((file) => readFileSync(resolve(ROOT, file), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});
