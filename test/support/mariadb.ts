import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { run, succeed } from './run.js';
import { eventually } from './eventually.js';
import { freePort } from './server.js';

const USER = 'glance';
/** Has signs in it that a URL must encode. */
const PASSWORD = 'pw/#x@y';

/** Debian's own MariaDB on a loopback port, in a folder of its own; it forgets to be durable. */
export class MariaDb {
  private log = '';

  private constructor(private readonly folder: string, readonly port: number, private readonly child: ChildProcess) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.log = (this.log + text).slice(-20_000)));
  }

  static async start(): Promise<MariaDb> {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-mariadb-'));
    const [data, user, port] = [join(folder, 'data'), `--user=${userInfo().username}`, await freePort()];
    await mkdir(data);
    await succeed('/usr/bin/mariadb-install-db', ['--no-defaults', user, `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal']);
    const child = spawn('/usr/sbin/mariadbd', [
      '--no-defaults', user, `--datadir=${data}`, `--socket=${join(folder, 's')}`, '--bind-address=127.0.0.1', `--port=${port}`, `--pid-file=${join(folder, 'pid')}`,
      '--character-set-server=utf8mb3', '--collation-server=utf8mb3_general_ci', '--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--innodb-buffer-pool-size=32M',
    ], { stdio: ['ignore', 'ignore', 'pipe'] });
    const server = new MariaDb(folder, port, child);
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`MariaDB ended with ${child.exitCode}:\n${server.log}`);
      await server.sql('SELECT 1');
    }, 60_000);
    return server;
  }

  /** Answers what the client prints, without names of columns. */
  async sql(text: string, database = ''): Promise<string> {
    const { code, stdout, stderr } = await run('/usr/bin/mariadb', ['--no-defaults', '-S', join(this.folder, 's'), '-u', 'root', '-N', ...(database === '' ? [] : [database])], { input: text });
    if (code !== 0) throw new Error(`MariaDB: ${stderr}`);
    return stdout;
  }

  /** A fresh database; answers its URL as SQLAlchemy takes it. */
  async database(name: string): Promise<string> {
    await this.sql(`CREATE DATABASE ${name}; CREATE USER IF NOT EXISTS ${USER}@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'; GRANT ALL ON ${name}.* TO ${USER}@'127.0.0.1'`);
    return `mysql+pymysql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/${name}?charset=utf8`;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
