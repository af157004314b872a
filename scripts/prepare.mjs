// Brings a clone up to date before it runs: installs what package-lock.json asks for, builds what is older than its sources.
// Plain Node 20 and nothing installed is all that it may count on.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SOURCES = ['src', 'apps', 'libs', 'test'];
const CONFIGURATION = ['package.json', 'nest-cli.json', '.swcrc', 'tsconfig.json'];
const OLDEST_NODE = 20;
const LOCK_PATIENCE_MS = 10 * 60_000;

export class CannotPrepare extends Error {}

const contentOr = (file, otherwise) => (existsSync(file) ? readFileSync(file, 'utf8') : otherwise);

/** Removed files count too: their folder has changed. */
function newestUnder(directory) {
  return readdirSync(directory, { withFileTypes: true }).reduce((newest, entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return Math.max(newest, newestUnder(path));
    return /\.(ts|json)$/.test(entry.name) ? Math.max(newest, statSync(path).mtimeMs) : newest;
  }, statSync(directory).mtimeMs);
}

const paths = (root) => ({
  manifest: join(root, 'package.json'),
  packageLock: join(root, 'package-lock.json'),
  modules: join(root, 'node_modules'),
  installed: join(root, 'node_modules', '.afterimage-installed'),
  built: join(root, 'dist', '.afterimage-built'),
});

/** What an installation is made from: the lock file, and what package.json asks for beyond it. */
export function wantedModules(root) {
  const { dependencies, devDependencies, overrides } = JSON.parse(readFileSync(paths(root).manifest, 'utf8'));
  const wanted = JSON.stringify({ dependencies, devDependencies, overrides });
  return createHash('sha256').update(contentOr(paths(root).packageLock, '')).update(wanted).digest('hex');
}

export const needsInstall = (root) => contentOr(paths(root).installed, '') !== wantedModules(root);

export function needsBuild(root) {
  const built = statSync(paths(root).built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built === 0 || !existsSync(join(root, 'dist', 'src', 'main.js'))) return true;
  const sources = SOURCES.map((name) => join(root, name)).filter((path) => existsSync(path)).map(newestUnder);
  const configuration = CONFIGURATION.map((name) => statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...sources, ...configuration) > built;
}

function environment(root) {
  return { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter) };
}

/** A shell that is told to end does not tell us; that it is gone shows in our parent. */
function endWithParent(child) {
  const parent = process.ppid;
  const end = () => {
    child.kill('SIGTERM');
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, end);
  return setInterval(() => process.ppid === parent || end(), 250);
}

/** Answers why it failed. `output`: where what the tool says goes, as a file descriptor. */
async function run(root, command, args, output) {
  const child = spawn(command, args, { cwd: root, env: environment(root), stdio: ['ignore', output, 'inherit'] });
  const watch = endWithParent(child);
  const failure = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  });
  clearInterval(watch);
  return failure;
}

async function install(root, { say, output }) {
  say('Installing the packages (the first time this takes a minute) …');
  const failure = await run(root, 'npm', ['install', '--no-fund', '--no-audit'], output);
  if (failure) {
    throw new CannotPrepare(`npm install failed (${failure}). Its output above says why: usually the package registry cannot be reached, or there is no right to write to ${root}.`);
  }
  writeFileSync(paths(root).installed, wantedModules(root));
}

async function build(root, { say, output }) {
  say('Building …');
  const started = new Date();
  const [node, nest] = [join('.bin', 'node'), join('@nestjs', 'cli', 'bin', 'nest.js')].map((path) => join(root, 'node_modules', path));
  const failure = await run(root, node, [nest, 'build'], output);
  if (failure || !existsSync(join(root, 'dist', 'src', 'main.js'))) {
    throw new CannotPrepare(`The build failed (${failure ?? 'dist/src/main.js is missing'}); its output is above.`);
  }
  markBuilt(root, started);
}

/** Sources that were saved during the build count as newer. */
function markBuilt(root, started) {
  writeFileSync(paths(root).built, started.toISOString());
  utimesSync(paths(root).built, started, started);
}

/** One preparation at a time: of two starts in one clone the second waits. */
async function locked(root, work, say) {
  const lock = join(root, '.afterimage', 'prepare.lock');
  mkdirSync(dirname(lock), { recursive: true });
  for (let waited = 0; !taken(lock); waited += 200) {
    if (waited === 0) say('Waiting for another process that prepares this clone …');
    if (waited > LOCK_PATIENCE_MS) throw new CannotPrepare(`Another process has been preparing this clone for ten minutes; if there is none, remove ${lock}.`);
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function taken(lock) {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function isAbandoned(lock) {
  const pid = Number(contentOr(join(lock, 'pid'), ''));
  if (!pid) return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 5000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** `say` is told each step; the tools' own output goes to the descriptor `output`. */
export async function prepare(root, { say = console.log, output = 1 } = {}) {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new CannotPrepare(`Node ${OLDEST_NODE} or newer is needed to start; this is ${process.versions.node}.`);
  }
  if (!needsInstall(root) && !needsBuild(root)) return;
  const work = async () => {
    if (needsInstall(root)) await install(root, { say, output });
    if (needsBuild(root)) await build(root, { say, output });
  };
  await locked(root, work, say);
}

export function explain(error) {
  if (error instanceof CannotPrepare) return error.message;
  if (['EACCES', 'EPERM', 'EROFS'].includes(error.code)) return `There is no right to write here: ${error.message}`;
  return error.stack ?? String(error);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await prepare(dirname(dirname(fileURLToPath(import.meta.url))));
  } catch (error) {
    console.error(`ERROR: ${explain(error)}`);
    process.exit(1);
  }
}
