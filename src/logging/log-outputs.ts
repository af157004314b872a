import { pino } from 'pino';
import { LogFile, type Rotation } from './log-file.js';
import { Syslog } from './syslog.js';

export interface OutputOptions {
  /** Undefined: standard error. */
  readonly file?: string;
  readonly rotation?: Rotation;
  /** Beside the file. */
  readonly stderr?: boolean;
  /** A facility: `LOG_USER`. */
  readonly syslog?: string;
}

const STDERR = 2;
const BATCH_MS = 20;
const BATCH_CHARACTERS = 1 << 16;

interface Output {
  write(text: string, level: string): void;
  close?(): void;
}

const standardError = (): Output => {
  const target = pino.destination({ dest: STDERR, sync: true });
  return { write: (text) => void target.write(text) };
};

/** Where lines go. Written at once, so that none is lost when the process ends, but for those of requests, which wait for others a little. */
export class LogOutputs {
  private readonly outputs: readonly Output[];
  private batch = '';
  private timer: NodeJS.Timeout | undefined;
  private readonly flushAtExit = () => this.flush();

  constructor({ file, rotation, stderr = false, syslog }: OutputOptions) {
    const lines = [...(file === undefined ? [] : [new LogFile(file, rotation)]), ...(file === undefined || stderr ? [standardError()] : [])];
    const complain = (text: string) => lines.forEach((output) => output.write(`${text}\n`, 'WARN'));
    this.outputs = [...lines, ...(syslog === undefined ? [] : [new Syslog(syslog, complain)])];
    process.on('exit', this.flushAtExit);
  }

  write(text: string, level: string): void {
    this.flush();
    for (const output of this.outputs) output.write(text, level);
  }

  /** With others of level INFO, before any other line. */
  writeSoon(text: string): void {
    this.batch += text;
    if (this.batch.length > BATCH_CHARACTERS) this.flush();
    else this.timer ??= setTimeout(this.flushAtExit, BATCH_MS).unref();
  }

  close(): void {
    this.flush();
    process.off('exit', this.flushAtExit);
    for (const output of this.outputs) output.close?.();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.batch === '') return;
    const text = this.batch;
    this.batch = '';
    for (const output of this.outputs) output.write(text, 'INFO');
  }
}
