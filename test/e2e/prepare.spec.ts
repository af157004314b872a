import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../support/run.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', '.swcrc', 'scripts', 'bin', 'src', 'apps', 'libs', 'test'];
let clone: string;

/** As after `npm install`: with the packages of this clone, but a record of its own. */
async function recordInstallation(): Promise<void> {
  const { wantedModules } = (await import(join(clone, 'scripts/prepare.mjs'))) as { wantedModules: (root: string) => string };
  writeFileSync(join(clone, 'node_modules/.afterimage-installed'), wantedModules(clone));
}

const prepare = (env: NodeJS.ProcessEnv = {}) => run(process.execPath, [join(clone, 'scripts/prepare.mjs')], { env });

beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  mkdirSync(join(clone, 'node_modules'));
  const packages = readdirSync(join(ROOT, 'node_modules')).filter((name) => name !== '.afterimage-installed');
  for (const name of packages) symlinkSync(join(ROOT, 'node_modules', name), join(clone, 'node_modules', name));
  await recordInstallation();
});
afterAll(() => rmSync(clone, { recursive: true }));

describe('Preparing a clone', () => {
  it('builds what was never built, then has nothing to do', async () => {
    const first = await prepare();
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('Building …') });
    expect(existsSync(join(clone, 'dist/src/main.js'))).toBe(true);
    expect(await prepare()).toEqual({ code: 0, stdout: '', stderr: '' });
  }, 60_000);

  it('is done by every program of the package, wherever it is called from', async () => {
    const { bin, version } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')) as { bin: Record<string, string>; version: string };
    expect(Object.keys(bin)).toEqual(['afterimage', 'glance-cache-cleaner', 'glance-cache-manage', 'glance-cache-prefetcher', 'glance-cache-pruner', 'glance-manage', 'glance-scrubber', 'glance-status']);
    for (const [name, file] of Object.entries(bin)) {
      symlinkSync(join(clone, file), join(clone, 'node_modules', name));
      expect([name, await run(join(clone, 'node_modules', name), ['--version'], { cwd: tmpdir() })]).toEqual([name, { code: 0, stdout: `${version}\n`, stderr: '' }]);
    }
  }, 60_000);

  it('builds again after a source has changed or gone', async () => {
    const soon = new Date(Date.now() + 1000);
    utimesSync(join(clone, 'libs/settings/src/index.ts'), soon, soon);
    expect((await prepare()).stdout).toContain('Building …');
    const past = new Date(Date.now() - 1000);
    utimesSync(join(clone, 'libs/settings/src/index.ts'), past, past);
    expect((await prepare()).stdout).toContain('Building …');
    writeFileSync(join(clone, 'src/passing.ts'), 'export {};\n');
    expect((await prepare()).stdout).toContain('Building …');
    rmSync(join(clone, 'src/passing.ts'));
    expect((await prepare()).stdout).toContain('Building …');
  }, 60_000);

  it('ends with the messages of the compiler when the build fails', async () => {
    writeFileSync(join(clone, 'src/broken.ts'), 'export const = ;\n');
    const { code, stderr } = await prepare();
    rmSync(join(clone, 'src/broken.ts'));
    expect(code).toBe(1);
    expect(stderr).toContain('broken.ts');
    expect(stderr).toContain('ERROR: The build failed');
  }, 60_000);

  it('installs when other packages are asked for, and says what went wrong', async () => {
    writeFileSync(join(clone, 'package-lock.json'), '{}\n');
    const { code, stdout, stderr } = await prepare({ PATH: '/nowhere' });
    expect(code).toBe(1);
    expect(stdout).toContain('Installing the packages');
    expect(stderr).toContain('ERROR: npm install failed');
    cpSync(join(ROOT, 'package-lock.json'), join(clone, 'package-lock.json'));
    expect((await prepare()).code).toBe(0);
  }, 60_000);

  it('goes on where a killed preparation left its lock', async () => {
    mkdirSync(join(clone, '.afterimage/prepare.lock'), { recursive: true });
    writeFileSync(join(clone, '.afterimage/prepare.lock/pid'), '4194999');
    rmSync(join(clone, 'dist/.afterimage-built'));
    expect((await prepare()).code).toBe(0);
  }, 60_000);
});
