/** Why the process should end. */
export interface StopReason {
  readonly text: string;
  readonly exitCode: number;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;
/** npm, our bin and the terminal each pass on one Ctrl+C: what comes this close is the same wish. */
const SAME_WISH_MS = 300;
/** Everything has to be gone 10 s after the first signal. */
const HARD_LIMIT_MS = 9500;

/**
 * Listens for the end: a signal, or the process that started us over an IPC channel going away. `requested` resolves
 * once; a second signal, or 9.5 s without an end, calls `killAll` and ends the process at once.
 */
export class Shutdown {
  readonly requested: Promise<StopReason>;
  private resolve: (reason: StopReason) => void = () => undefined;
  private since: number | undefined;

  constructor(private readonly killAll: () => void) {
    this.requested = new Promise((resolve) => (this.resolve = resolve));
    for (const signal of SIGNALS) process.on(signal, () => this.onSignal(signal));
    process.on('disconnect', () => this.request({ text: 'the process that started us is gone', exitCode: 0 }));
    process.channel?.unref();
  }

  request(reason: StopReason): void {
    if (this.since !== undefined) return;
    this.since = Date.now();
    setTimeout(() => this.endNow(1), HARD_LIMIT_MS).unref();
    this.resolve(reason);
  }

  private onSignal(signal: (typeof SIGNALS)[number]): void {
    if (this.since === undefined) return this.request({ text: signal, exitCode: 0 });
    if (Date.now() - this.since > SAME_WISH_MS) this.endNow(128 + NUMBERS[signal]);
  }

  private endNow(exitCode: number): never {
    this.killAll();
    process.exit(exitCode);
  }
}
