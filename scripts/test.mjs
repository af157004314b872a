// `npm test`: installs what is missing, checks and runs everything, and ends with 'N passed, N failed'.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './debian-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** No project takes so long: something hangs. */
const LIMIT_MS = 20 * 60_000;
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const runs = (command, args) => spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;

function step(name, work) {
  const started = performance.now();
  let ok = false;
  try {
    ok = work();
  } catch (error) {
    console.error(error.message);
  }
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

function jest(project, workers) {
  const dir = mkdtempSync(join(tmpdir(), 'afterimage-tests-'));
  const file = join(dir, 'report.json');
  const args = [join(root, 'scripts/jest.mjs'), '--selectProjects', project, `--maxWorkers=${workers}`, '--json', `--outputFile=${file}`];
  let ended;
  try {
    const good = step(`${project} tests`, () => {
      ended = spawnSync('node', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], timeout: LIMIT_MS });
      return ended.status === 0;
    });
    const report = JSON.parse(readFileSync(file, 'utf8'));
    count(report);
    if (!good && report.success) throw new Error(ended.error?.code === 'ETIMEDOUT' ? 'Jest did not end: something is left open' : `Jest ended with ${ended.status}`);
  } catch (error) {
    counts.failed += 1;
    failures.push(`${project} tests: ${error.message}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function testEverything() {
  check('Debian packages', installPackages);
  check('build', () => runs(process.execPath, [join(root, 'scripts/prepare.mjs')]));
  // What `prepare` installed comes first from here on: Node 24 too.
  process.env.PATH = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
  check('lint', () => runs('oxlint', ['--type-aware']));
  check('type check', () => runs('tsc', ['--noEmit']));
  jest('unit', 2);
  jest('db', 2);
  // They wait for servers more than they work.
  for (const project of ['e2e', 'compat']) jest(project, 2);
  // Servers under load, and killed: one at a time on a small machine.
  jest('faults', 1);
}

testEverything();
if (failures.length > 0) console.log(`Failed:\n${failures.map((name) => `  ${name}`).join('\n')}\n`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
