import { Injectable } from '@nestjs/common';
import { HashLocation } from '#images';
import type { Processor } from '../job-runner.js';
import type { HashLocationJob } from '../queues.js';
import { workerContext } from '../worker-context.js';

/** Reads and hashes what lies at an added place, and ends its task. */
@Injectable()
export class HashLocationProcessor implements Processor<'hash-location'> {
  readonly name = 'hash-location';

  constructor(private readonly locations: HashLocation) {}

  async process({ imageId, taskId, causationId, correlationId }: HashLocationJob, signal: AbortSignal): Promise<void> {
    await this.locations.run(workerContext({ causationId, correlationId }), imageId, taskId, signal);
  }
}
