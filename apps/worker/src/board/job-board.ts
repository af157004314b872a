import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';
import type { FastifyPluginCallback } from 'fastify';
import { openJobRunner, type JobsOptions } from '../open-job-runner.js';
import { BullmqRunner } from '../runners/bullmq.runner.js';

/** Queues of nodes that came meanwhile are looked for so often. */
const REFRESH_MS = 5_000;

interface OpenQueues {
  all(): Promise<readonly Queue[]>;
  close(): Promise<void>;
}

/** Pages that show the queues and the jobs in them, and change nothing. Connects with the first request. */
export class JobBoard {
  readonly plugin: FastifyPluginCallback;
  private readonly board: ReturnType<typeof createBullBoard>;
  private opening: Promise<OpenQueues> | undefined;
  private refreshed = 0;

  /** `path`: where the plugin is mounted. */
  constructor(private readonly jobs: JobsOptions, path: string) {
    const adapter = new FastifyAdapter().setBasePath(path);
    // The adapter may come with a version of its own of the types.
    const serverAdapter = adapter as unknown as Parameters<typeof createBullBoard>[0]['serverAdapter'];
    this.board = createBullBoard({ queues: [], serverAdapter, options: { uiConfig: { boardTitle: 'Afterimage jobs' } } });
    this.plugin = adapter.registerPlugin();
  }

  /** Before a request; rejects with `JobsUnavailable`. */
  async refresh(): Promise<void> {
    if (Date.now() - this.refreshed < REFRESH_MS) return;
    const queues = await (await this.queues()).all();
    this.board.replaceQueues(queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false })));
    this.refreshed = Date.now();
  }

  async close(): Promise<void> {
    const opened = await this.opening?.catch(() => undefined);
    await opened?.close();
  }

  private queues(): Promise<OpenQueues> {
    this.opening ??= open(this.jobs).catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }
}

async function open(jobs: JobsOptions): Promise<OpenQueues> {
  const runner = await openJobRunner(jobs);
  if (!(runner instanceof BullmqRunner)) throw new TypeError('jobs in memory have no board');
  const { queues } = runner;
  return { all: async () => (await queues.all()).map(([, queue]) => queue as unknown as Queue), close: () => runner.stop(0) };
}
