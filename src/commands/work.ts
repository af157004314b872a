import { Logger } from '@nestjs/common';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shared } from '../http-part.js';
import { createLogger, NestLogger } from '../logging.js';
import type { Order, Report, Role, Stop } from '../processes/messages.js';
import { CountsByPrimary } from '../processes/shared-counts.js';
import { MetricsQuestions, type MetricsAsked } from '../processes/shared-metrics.js';
import type { RunningApp } from '../start-app.js';

/** Everything of one whose primary is gone ends within this. */
const ORPHAN_MS = 5_000;

const report = (what: Report) => process.send?.(what);

interface Work extends RunningApp {
  /** For `http`. */
  readonly server?: Server;
  /** Resolves when its clients have left it. */
  readonly retire?: (graceMs: number) => Promise<void>;
  /** For `background`. */
  readonly recoverUploads?: () => Promise<void>;
  readonly metrics?: () => Promise<string>;
}

async function begin(role: Role, { settings, database }: Extract<Order, { kind: 'start' }>, shared: Shared): Promise<Work> {
  Logger.overrideLogger(new NestLogger(createLogger({ ...settings.logging, pid: true })));
  const { startBackground, startHttpWorker } = await import('../start-app.js');
  return role === 'http' ? startHttpWorker(settings, database, shared) : startBackground(settings, database);
}

/** A child's side of what the primary orders. */
class Worker {
  private work: Work | undefined;
  private hurried = Promise.withResolvers<void>();
  private graceMs = 0;
  private ending = false;
  private readonly counts = new CountsByPrimary((asked, failed) => process.send?.(asked, (error: Error | null) => error && failed()));
  private readonly metrics = new MetricsQuestions((asked) => report(asked));

  constructor(private readonly role: Role) {}

  obey(order: Order, socket: unknown): void {
    if (order.kind === 'start') void this.start(order);
    else if (order.kind === 'connection') this.take(socket as Socket | undefined);
    else if (order.kind === 'recover-uploads') void this.work?.recoverUploads?.();
    else if (order.kind === 'counted') this.counts.hear(order);
    else if (order.kind === 'metrics-asked') void this.tellMetrics(order);
    else if (order.kind === 'metrics-told') this.metrics.hear(order);
    else void this.stop(order);
  }

  async stop({ graceMs, gently }: Omit<Stop, 'kind'>): Promise<void> {
    if (!gently) this.graceMs = graceMs;
    if (!gently) this.hurried.resolve();
    if (this.ending) return;
    this.ending = true;
    if (gently) await Promise.race([this.work?.retire?.(graceMs), this.hurried.promise]);
    await this.work?.stop(this.graceMs);
    process.exit(0);
  }

  private async tellMetrics({ ticket }: MetricsAsked): Promise<void> {
    const text = await this.work?.metrics?.().catch(() => undefined);
    report({ kind: 'metrics-told', ticket, text });
  }

  private async start(order: Extract<Order, { kind: 'start' }>): Promise<void> {
    try {
      this.work = await begin(this.role, order, { openCounts: this.counts.open, readMetrics: () => this.metrics.ask() });
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      process.send?.({ kind: 'failed', message, stack } satisfies Report, () => process.exit(1));
      return;
    }
    report({ kind: 'ready', tls: this.work.server !== undefined && 'setSecureContext' in this.work.server });
  }

  private take(socket: Socket | undefined): void {
    report({ kind: 'accepted' });
    if (socket) this.work?.server?.emit('connection', socket);
  }
}

/** Serves HTTP or works in the background until the primary says so or is gone. */
export async function work(role: string): Promise<void> {
  if (!process.send || (role !== 'http' && role !== 'background')) throw new Error('`work` is what `serve` starts for itself; use `serve`');
  const worker = new Worker(role);
  // A terminal sends Ctrl+C to all of us: the primary decides what it means.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  process.on('SIGTERM', () => report({ kind: 'leaving' }));
  process.on('disconnect', () => {
    void sleep(ORPHAN_MS).then(() => process.exit(1));
    void worker.stop({ graceMs: 0, gently: false });
  });
  process.on('message', (order: Order, socket) => worker.obey(order, socket));
  // Compiled while the primary makes the database ready.
  await Promise.all([import('../start-app.js'), role === 'http' ? import('../http-part.js') : import('../background-part.js')]);
}
