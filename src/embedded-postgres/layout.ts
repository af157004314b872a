import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryDirectory } from './binaries.js';
import { canReach, serverUser, type ServerUser } from './server-user.js';

/** Where everything of one embedded server lies. */
export interface Layout {
  readonly user: ServerUser | undefined;
  readonly binaries: string;
  /** `<state_dir>/postgres`, ours. */
  readonly home: string;
  /** The server's own. */
  readonly data: string;
  /** A 0700 directory of the server's user with the socket in it. */
  readonly sockets: string;
  readonly log: string;
  /** False: the server's user cannot come to `data` by its path. */
  readonly reachable: boolean;
}

export const PORT = 5432;
/** sun_path holds 108 bytes with the closing zero. */
const MAX_SOCKET_PATH = 107;

/** Makes the directory private to the server's user. */
export function ownedDirectory(directory: string, user: ServerUser | undefined): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  if (user) chownSync(directory, user.uid, user.gid);
  return directory;
}

function socketDirectory(home: string, user: ServerUser | undefined): string {
  const inside = join(home, 'run');
  const fits = Buffer.byteLength(join(inside, `.s.PGSQL.${PORT}`)) <= MAX_SOCKET_PATH;
  if (fits && canReach(home, user)) return ownedDirectory(inside, user);
  const temporary = canReach(tmpdir(), user) ? tmpdir() : '/tmp';
  return ownedDirectory(mkdtempSync(join(temporary, 'afterimage-')), user);
}

export function layOut(stateDir: string): Layout {
  const root = process.getuid?.() === 0;
  mkdirSync(stateDir, { recursive: true, mode: root ? 0o755 : 0o700 });
  const home = join(realpathSync(stateDir), 'postgres');
  if (!existsSync(home)) mkdirSync(home, { mode: root ? 0o711 : 0o700 });
  const data = join(home, 'data');
  const user = serverUser(data);
  return {
    user,
    binaries: binaryDirectory(user, home),
    home,
    data,
    sockets: socketDirectory(home, user),
    log: join(home, 'log'),
    reachable: canReach(home, user),
  };
}
