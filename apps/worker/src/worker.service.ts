import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Followers, type Reactor } from '#event-store';
import { ChoreRunner } from './chores/chore-runner.js';
import { JOB_RUNNER, PROCESSOR_LIST, type JobRunner, type Processor } from './job-runner.js';
import { Metrics } from './metrics/metrics.js';
import { AddOpenWork, type Found } from './open-work/add-open-work.js';
import { REACTOR_LIST } from './reactors/reactor-list.js';
import { WORKER_OPTIONS, type WorkerOptions } from './worker.options.js';

/** Runs what may happen after the answer: jobs, reactors, and chores. What there is of each: `processors.ts`, `reactors.ts`, `chores.ts`. */
@Injectable()
export class WorkerService implements OnApplicationBootstrap {
  constructor(
    @Inject(JOB_RUNNER) private readonly jobs: JobRunner,
    @Inject(PROCESSOR_LIST) private readonly processors: readonly Processor[],
    @Inject(REACTOR_LIST) private readonly reactors: readonly Reactor[],
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    private readonly chores: ChoreRunner,
    private readonly openWork: AddOpenWork,
    private readonly followers: Followers,
    private readonly measured: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.options.working === false) return;
    await this.jobs.start(this.processors);
    for (const reactor of this.reactors) this.followers.react(reactor);
    await this.chores.start();
    this.jobs.onReturn(() => void this.chores.afterReturn());
  }

  /** Takes up at once what a process of this family has left. */
  afterDeath(): Promise<void> {
    return this.chores.afterDeath();
  }

  /** Adds the jobs of all open work, also of what failed for good. */
  rederive(): Promise<readonly Found[]> {
    return this.openWork.run(new AbortController().signal, true);
  }

  /** In Prometheus' text format. */
  metrics(): Promise<string> {
    return this.measured.text();
  }

  /** Followers first: they are what adds jobs. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all([this.followers.stop(), this.chores.stop()]);
    await this.jobs.stop(graceMs);
  }
}
