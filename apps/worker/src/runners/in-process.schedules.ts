import { isDeepStrictEqual } from 'node:util';
import type { Job, Schedule } from '../job-runner.js';
import { queueOf, type QueueName } from '../queues.js';

interface Clock {
  readonly schedule: Schedule;
  readonly timer: NodeJS.Timeout;
}

/** Timers in place of schedules that outlive the process. */
export class InProcessSchedules {
  private readonly clocks = new Map<string, Clock>();
  private runs = 0;

  constructor(private readonly keep: (job: Job) => void) {}

  set(schedules: readonly Schedule[]): void {
    for (const { schedule, timer } of this.clocks.values()) {
      if (schedules.some((each) => isDeepStrictEqual(each, schedule))) continue;
      clearInterval(timer);
      this.clocks.delete(schedule.name);
    }
    for (const schedule of schedules) if (!this.clocks.has(schedule.name)) this.begin(schedule);
  }

  /** One of each schedule is always to come. */
  count(queue: QueueName): number {
    return [...this.clocks.values()].filter(({ schedule: { job: name, node } }) => queueOf({ name, node }) === queue).length;
  }

  private begin(schedule: Schedule): void {
    const { name, everyMs, job, data, node } = schedule;
    const run = () => this.keep({ name: job, id: `schedule.${name}.${(this.runs += 1)}`, data: structuredClone(data), ...(node !== undefined && { node }) } as Job);
    this.clocks.set(name, { schedule, timer: setInterval(run, everyMs).unref() });
    run();
  }
}
