// `npm test`: installs what is missing, checks and runs everything, and ends with 'N passed, N failed'.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './debian-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const runs = (command, args) => spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;

function step(name, work) {
  const started = performance.now();
  const ok = work();
  console.log(`— ${name}: ${ok ? 'good' : 'FAILED'} after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  return ok;
}

/** A check without tests of its own counts as one. */
function check(name, work) {
  if (step(name, work)) counts.passed += 1;
  else {
    counts.failed += 1;
    failures.push(name);
  }
}

function count(report) {
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  counts.skipped += report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
    if (suite.status === 'failed' && failed.length === 0) failures.push(suite.name.replace(root, ''));
    failures.push(...failed.map(({ fullName }) => `${suite.name.replace(root, '')}: ${fullName}`));
  }
}

function jest(project, ...more) {
  const dir = mkdtempSync(join(tmpdir(), 'afterimage-tests-'));
  const file = join(dir, 'report.json');
  try {
    const args = [join(root, 'scripts/jest.mjs'), '--selectProjects', project, '--json', `--outputFile=${file}`, ...more];
    step(`${project} tests`, () => spawnSync('node', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0);
    count(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    counts.failed += 1;
    failures.push(`${project} tests did not run: ${error.message}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

installPackages();
check('build', () => runs(process.execPath, [join(root, 'scripts/prepare.mjs')]));
// What `prepare` installed comes first from here on: Node 24 too.
process.env.PATH = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
check('lint', () => runs('oxlint', ['--type-aware']));
check('type check', () => runs('tsc', ['--noEmit']));
jest('unit', '--maxWorkers=2');
jest('db', '--maxWorkers=2');
for (const project of ['e2e', 'compat', 'faults']) jest(project, '--maxWorkers=1');

if (failures.length > 0) console.log(`Failed:\n${failures.map((name) => `  ${name}`).join('\n')}\n`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
