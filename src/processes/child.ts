import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Assignment, Order, Report, Role } from './messages.js';
import type { Count, Counted } from './shared-counts.js';
import { MetricsQuestions, type MetricsAsked, type MetricsTold } from './shared-metrics.js';

const PROGRAM = fileURLToPath(new URL('../main.js', import.meta.url));

/** The configuration options stand on its command line only to be seen in a list of processes: it is sent its settings. */
const argumentsOf = (role: Role): string[] => ['work', role, ...process.argv.slice(3)];

/** Why a child did not come up: its own words. */
export class ChildFailed extends Error {
  constructor(message: string, stack?: string) {
    super(message);
    if (stack !== undefined) this.stack = stack;
  }
}

/** The primary's end of one child process. */
export class Child {
  /** Whether it speaks TLS; rejects with `ChildFailed`. */
  readonly ready: Promise<{ readonly tls: boolean }>;
  /** How it ended, in words, once its last report has been heard. */
  readonly ended: Promise<string>;
  onLeaving: () => void = () => undefined;
  onAccepted: () => void = () => undefined;
  onCount: (asked: Count) => void = () => undefined;
  onMetricsAsked: (asked: MetricsAsked) => void = () => undefined;
  private readonly process: ChildProcess;
  private hasEnded = false;
  private readonly metrics = new MetricsQuestions((asked) => this.send(asked));

  constructor(readonly role: Role) {
    const child = fork(PROGRAM, argumentsOf(role), { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.process = child;
    const { promise: ready, resolve, reject } = Promise.withResolvers<{ readonly tls: boolean }>();
    this.ready = ready;
    ready.catch(() => undefined);
    child.on('message', (report: Report) => {
      if (report.kind === 'ready') resolve(report);
      else if (report.kind === 'failed') reject(new ChildFailed(report.message, report.stack));
      else if (report.kind === 'accepted') this.onAccepted();
      else if (report.kind === 'count') this.onCount(report);
      else if (report.kind === 'metrics-asked') this.onMetricsAsked(report);
      else if (report.kind === 'metrics-told') this.metrics.hear(report);
      else this.onLeaving();
    });
    this.ended = endOf(child).then((how) => {
      this.hasEnded = true;
      reject(new ChildFailed(`the ${this.name} ended before it was ready: ${how}`));
      return how;
    });
  }

  get name(): string {
    return `${this.role === 'http' ? 'HTTP worker' : 'background process'} ${this.process.pid ?? ''}`.trimEnd();
  }

  start(assignment: Assignment): Promise<{ readonly tls: boolean }> {
    this.send({ kind: 'start', ...assignment });
    return this.ready;
  }

  /** The socket stays open here as well, until it is said to be accepted. */
  offer(socket: Socket): void {
    this.process.send({ kind: 'connection' } satisfies Order, socket, { keepOpen: true }, () => undefined);
  }

  tellCount(counted: Counted): void {
    this.send(counted);
  }

  askMetrics(): Promise<string | undefined> {
    return this.metrics.ask();
  }

  tellMetrics(told: MetricsTold): void {
    this.send(told);
  }

  recoverUploads(): void {
    this.send({ kind: 'recover-uploads' });
  }

  stop(graceMs: number, gently = false): void {
    this.send({ kind: 'stop', graceMs, gently });
  }

  kill(): void {
    if (!this.hasEnded) this.process.kill('SIGKILL');
  }

  private send(order: Order): void {
    // One that has just ended hears nothing: `ended` tells.
    if (this.process.connected) this.process.send(order, () => undefined);
  }
}

/** After its last report: `disconnect` would not come where a socket was on its way to it. */
function endOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  child.once('error', (error) => resolve(error.message));
  return promise;
}
