import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whom the server runs as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

const CHOICES = ['postgres', 'nobody'];

function passwdEntries(): ServerUser[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  return lines.filter((fields) => fields.length >= 4).map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}

function ownerOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.uid;
}

/** PostgreSQL refuses to run as root. Undefined: as whoever we are. A data directory keeps the user that it has. */
export function serverUser(dataDirectory: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entries = passwdEntries();
  const owner = ownerOf(dataDirectory);
  const known = owner ? entries.find(({ uid }) => uid === owner) : undefined;
  const chosen = known ?? CHOICES.map((name) => entries.find((entry) => entry.name === name)).find((entry) => entry !== undefined);
  if (!chosen) throw new Error(`PostgreSQL does not run as root, and none of the users ${CHOICES.join(', ')} exists: create one, or start as another user`);
  return chosen;
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestors(parent)];
}

function maySearch(directory: string, user: ServerUser): boolean {
  const { mode, uid, gid } = statSync(directory);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  return gid === user.gid ? (mode & 0o010) !== 0 : (mode & 0o001) !== 0;
}

/** Whether the user can come to an existing directory, by the permission bits of all above it. */
export function canReach(directory: string, user: ServerUser | undefined): boolean {
  return user === undefined || ancestors(realpathSync(directory)).every((each) => maySearch(each, user));
}
