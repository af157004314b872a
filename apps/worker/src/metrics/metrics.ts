import { Inject, Injectable, Logger } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { CLAIMS, Deciders, type Claims } from '#event-store';
import { JOB_RUNNER, JOB_STATES, type JobRunner } from '../job-runner.js';
import { JobMetrics } from './job-metrics.js';

/** What Prometheus is told: of the queues and leases as they are now, and of the jobs that ran in this process. */
@Injectable()
export class Metrics {
  private readonly logger = new Logger('Metrics');

  constructor(@Inject(JOB_RUNNER) private readonly jobs: JobRunner, @Inject(CLAIMS) private readonly claims: Claims, private readonly done: JobMetrics, private readonly deciders: Deciders) {}

  /** In Prometheus' text format. What cannot be asked now is left out, and `afterimage_reachable` says so. */
  async text(): Promise<string> {
    const now = new Registry();
    const reachable = new Gauge({ name: 'afterimage_reachable', help: '1: it can be asked.', labelNames: ['what'] as const, registers: [now] });
    const ask = async (what: string, act: () => Promise<void>) => {
      const answered = await act().then(() => 1, (error: unknown) => this.unanswered(what, error));
      reachable.set({ what }, answered);
    };
    await Promise.all([ask('queues', () => this.queues(now)), ask('leases', () => this.leases(now))]);
    this.unknownEvents(now);
    return Registry.merge([now, this.done.registry]).metrics();
  }

  private async queues(registry: Registry): Promise<void> {
    const counts = await this.jobs.counts();
    const gauge = new Gauge({
      name: 'afterimage_jobs', labelNames: ['queue', 'state'] as const, registers: [registry],
      help: 'Jobs in each queue that wait, run, come later (tried again, or scheduled), or failed for good.',
    });
    for (const each of counts) for (const state of JOB_STATES) gauge.set({ queue: each.queue, state }, each[state]);
  }

  private async leases(registry: Registry): Promise<void> {
    const held = await this.claims.held();
    const gauge = new Gauge({ name: 'afterimage_leases', labelNames: ['kind'] as const, registers: [registry], help: 'Leases that live processes hold, on images and on roles.' });
    for (const [kind, count] of held) gauge.set({ kind }, count);
  }

  private unknownEvents(registry: Registry): void {
    const gauge = new Gauge({ name: 'afterimage_unknown_events', labelNames: ['event'] as const, registers: [registry], help: 'How often events of a newer program were left out here.' });
    for (const [event, count] of this.deciders.unknown) gauge.set({ event }, count);
  }

  private unanswered(what: string, error: unknown): number {
    this.logger.warn(`${what} cannot be measured: ${error instanceof Error ? error.message : String(error)}`);
    return 0;
  }
}
