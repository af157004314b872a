import { Logger } from '@nestjs/common';
import { Queue, type IQueueBackend, type Job as StoredJob } from 'bullmq';
import { FAILED_JOBS_KEPT, type Job, type RetryPolicy } from '../job-runner.js';
import { nodeOf, nodeQueue, SHARED_QUEUES, type QueueName } from '../queues.js';
import type { Backend } from './backend.js';

export type Payload = Job['data'];
export type AnyQueue<B extends IQueueBackend, C> = Queue<Payload, void, string, Payload, void, string, B, C>;
export type AnyJob = StoredJob<Payload, void>;

/** Under this name the queue `data` keeps, beside its jobs, which nodes have a queue. */
const NODE_FIELD = 'afterimage.node.';

/** The adding end of every queue; those of nodes are opened when they are asked for. */
export class BullmqQueues<B extends IQueueBackend, C> {
  private readonly logger = new Logger('Jobs');
  private readonly opened = new Map<QueueName, AnyQueue<B, C>>();

  constructor(private readonly backend: Backend<B, C>, private readonly retries: RetryPolicy) {}

  get(name: QueueName): AnyQueue<B, C> {
    const opened = this.opened.get(name) ?? this.open(name);
    this.opened.set(name, opened);
    return opened;
  }

  /** Queues of nodes are found by all processes from now on. */
  async announce(node: string): Promise<void> {
    if (this.opened.has(nodeQueue(node))) return;
    await this.get('data').getBackend().setQueueMeta({ [`${NODE_FIELD}${node}`]: 1 });
  }

  /** Those of all nodes that ever had one, too. */
  async all(): Promise<readonly (readonly [QueueName, AnyQueue<B, C>])[]> {
    const known = Object.keys(await this.get('data').getBackend().getQueueMeta()).filter((field) => field.startsWith(NODE_FIELD));
    const names = [...SHARED_QUEUES, ...known.map((field) => nodeQueue(field.slice(NODE_FIELD.length))).toSorted()];
    return names.map((name) => [name, this.get(name)] as const);
  }

  async close(): Promise<void> {
    await Promise.all([...this.opened.values()].map((queue) => queue.close()));
  }

  private open(name: QueueName): AnyQueue<B, C> {
    const { factory, producing, prefix } = this.backend;
    const queue: AnyQueue<B, C> = new Queue(name, {
      connection: producing,
      prefix,
      defaultJobOptions: {
        attempts: this.retries.attempts,
        backoff: { type: 'capped' },
        removeOnComplete: true,
        removeOnFail: { count: FAILED_JOBS_KEPT },
      },
    }, factory);
    queue.on('error', (error) => this.logger.warn(`the queue ${nodeOf(name) === undefined ? name : `of ${nodeOf(name)}`}: ${error.message}`));
    return queue;
  }
}
