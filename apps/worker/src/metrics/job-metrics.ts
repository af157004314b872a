import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import type { JobWatch, Outcome } from '../job-watch.js';

/** From a deletion to an import that takes a working day. */
const SECONDS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800, 7_200, 28_800];

/** What the jobs of this process have done. */
@Injectable()
export class JobMetrics implements JobWatch {
  readonly registry = new Registry();
  private readonly runs = new Counter({
    name: 'afterimage_job_runs_total', labelNames: ['job', 'outcome'] as const, registers: [this.registry],
    help: 'Runs of jobs that ended: done, failed (tried again), failed-for-good.',
  });
  private readonly seconds = new Histogram({
    name: 'afterimage_job_duration_seconds', labelNames: ['job'] as const, buckets: SECONDS, registers: [this.registry],
    help: 'How long runs of jobs took, whatever came of them.',
  });

  ended(job: string, outcome: Outcome, ms: number): void {
    this.runs.inc({ job, outcome });
    this.seconds.observe({ job }, ms / 1_000);
  }
}
