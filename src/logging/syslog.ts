import { spawn, type ChildProcess } from 'node:child_process';

const FACILITIES = [
  'KERN', 'USER', 'MAIL', 'DAEMON', 'AUTH', 'SYSLOG', 'LPR', 'NEWS', 'UUCP', 'CRON', 'AUTHPRIV', 'FTP', undefined, undefined, undefined, undefined,
  'LOCAL0', 'LOCAL1', 'LOCAL2', 'LOCAL3', 'LOCAL4', 'LOCAL5', 'LOCAL6', 'LOCAL7',
];
const SEVERITY: Readonly<Record<string, number>> = { FATAL: 2, ERROR: 3, WARN: 4, INFO: 6, DEBUG: 7, TRACE: 7 };

/** The name that Glance's own lines have there. */
const TAG = 'glance-api';
/** What waits for the program that speaks to syslog; more is dropped, bytes. */
const MOST_WAITING = 1 << 20;
const RETRY_MS = 5_000;

/** The system's log by way of `logger`, since Node cannot send datagrams to a socket of a file. Never fails, never waits, drops what nobody takes. */
export class Syslog {
  private child: ChildProcess | undefined;
  private retryAt = 0;
  private complained = false;

  /** `facility`: `LOG_USER`; `complain` is told once that nobody takes the lines; `socket` instead of /dev/log. */
  constructor(private readonly facility: string, private readonly complain: (text: string) => void, private readonly socket?: string) {
    this.logger();
  }

  /** `level` as the log has it: `INFO`. */
  write(text: string, level: string): void {
    const stdin = this.logger()?.stdin;
    if (!stdin?.writable || stdin.writableLength > MOST_WAITING) return;
    const priority = Math.max(0, FACILITIES.indexOf(this.facility.replace(/^LOG_/, ''))) * 8 + (SEVERITY[level] ?? 6);
    stdin.write(text.trimEnd().split('\n').map((line) => `<${priority}>${line}\n`).join(''));
  }

  close(): void {
    this.child?.stdin?.end();
  }

  private logger(): ChildProcess | undefined {
    if (this.child || Date.now() < this.retryAt) return this.child;
    const where = this.socket === undefined ? [] : ['--socket', this.socket];
    const args = ['--prio-prefix', '--tag', TAG, `--id=${process.pid}`, '--size', '64KiB', '--socket-errors=on', ...where];
    // In a group of its own: what ends us by the terminal must not end it before our last lines.
    const child = spawn('logger', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    child.on('error', () => this.lost(child));
    child.on('exit', () => this.lost(child));
    child.stdin.on('error', () => this.lost(child));
    child.unref();
    if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
    this.child = child;
    return child;
  }

  private lost(child: ChildProcess): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.retryAt = Date.now() + RETRY_MS;
    if (this.complained || child.stdin?.writableEnded) return;
    this.complained = true;
    this.complain(`use_syslog: nobody takes lines for the system's log; it is tried again every ${RETRY_MS / 1000} s`);
  }
}
