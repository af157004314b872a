import { AsyncLocalStorage } from 'node:async_hooks';
import { step } from '#event-store';
import type { Processor } from './job-runner.js';

/** What the lines of a log tell of the job that they belong to. */
export interface RunningJob {
  readonly jobId: string;
  readonly imageId?: string;
  /** Of the request that the work goes back to. */
  readonly requestId?: string;
}

export type Outcome = 'done' | 'failed' | 'failed-for-good';

/** Told of every run that has ended in this process. */
export interface JobWatch {
  ended(name: string, outcome: Outcome, ms: number): void;
}

const running = new AsyncLocalStorage<RunningJob>();

/** The job in whose course this is called. */
export const runningJob = (): RunningJob | undefined => running.getStore();

interface Run {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  /** Whether it is tried no more where it fails now. */
  readonly last: boolean;
}

const textAt = (data: unknown, key: string): string | undefined => {
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;
  return typeof value === 'string' ? value : undefined;
};

const toldOf = ({ id, data }: Run): RunningJob => {
  const [imageId, requestId] = [textAt(data, 'imageId'), textAt(data, 'correlationId')];
  return { jobId: id, ...(imageId !== undefined && { imageId }), ...(requestId !== undefined && { requestId }) };
};

/** Runs `act` so that what it logs says which job it is of; tells the watch how it ended. */
export async function watched(run: Run, watch: JobWatch | undefined, act: () => Promise<void>): Promise<void> {
  const since = performance.now();
  const ended = (outcome: Outcome) => watch?.ended(run.name, outcome, performance.now() - since);
  step(`job ${run.name} begins`);
  try {
    await running.run(toldOf(run), act);
    step(`job ${run.name} ends`);
    ended('done');
  } catch (error) {
    step(`job ${run.name} fails`);
    ended(run.last ? 'failed-for-good' : 'failed');
    throw error;
  }
}

/** Logs as one of that job's lines. */
export const asOf = (run: Pick<Run, 'id' | 'data'>, log: () => void): void => running.run(toldOf({ ...run, name: '', last: false }), log);

/** Fails where the process has no processor for the job: an older one, while processes are upgraded. */
export function processorOf(known: ReadonlyMap<string, Processor> | undefined, name: string): Processor {
  const processor = known?.get(name);
  if (!processor) throw new Error(`this process does not know the job ${name}; upgrade it`);
  return processor;
}
