import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownedDirectory, type Layout } from './layout.js';

export const DATABASE_USER = 'afterimage';
/** Nothing of the caller's PG* variables reaches the server; times and messages are alike everywhere. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const run = promisify(execFile);
export const passwordFile = ({ home }: Pick<Layout, 'home'>): string => join(home, 'password');

/**
 * A directory as the server may name it: its working directory, which it can use even where it cannot come to it by
 * its path (`state_dir` in root's home).
 */
export function namedFor(layout: Layout, directory: string): { readonly path: string; readonly cwd: string } {
  return { path: layout.reachable ? directory : '/proc/self/cwd', cwd: directory };
}

function initdbArguments(path: string, pwfile: string): string[] {
  const access = ['-U', DATABASE_USER, '--auth=scram-sha-256', `--pwfile=${pwfile}`];
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  return ['-D', path, ...access, ...locale, '--data-checksums', '--no-instructions'];
}

async function initialise(layout: Layout, password: string): Promise<void> {
  const part = `${layout.data}.part`;
  const pwfile = join(layout.sockets, 'initdb-password');
  rmSync(part, { recursive: true, force: true });
  ownedDirectory(part, layout.user);
  writeFileSync(pwfile, `${password}\n`, { mode: 0o600 });
  if (layout.user) chownSync(pwfile, layout.user.uid, layout.user.gid);
  const { path, cwd } = namedFor(layout, part);
  try {
    const credentials = layout.user && { uid: layout.user.uid, gid: layout.user.gid };
    await run(join(layout.binaries, 'bin', 'initdb'), initdbArguments(path, pwfile), { cwd, env: SERVER_ENVIRONMENT, ...credentials });
  } catch (error) {
    const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`the database could not be created in ${layout.data}: ${said || String(error)}`, { cause: error });
  } finally {
    rmSync(pwfile, { force: true });
  }
  renameSync(part, layout.data);
}

/** Creates the cluster unless it is there, whole or not at all; answers the password of its one user. */
export async function ensureCluster(layout: Layout): Promise<{ readonly password: string; readonly created: boolean }> {
  const file = passwordFile(layout);
  if (existsSync(join(layout.data, 'PG_VERSION'))) return { password: readFileSync(file, 'utf8').trim(), created: false };
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  await initialise(layout, password);
  return { password, created: true };
}
