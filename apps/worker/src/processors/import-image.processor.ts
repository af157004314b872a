import { Injectable } from '@nestjs/common';
import { ImageImporter } from '#images';
import { ImportTools } from '../import/import-tools.js';
import type { Processor } from '../job-runner.js';
import type { ImportImage } from '../queues.js';
import { workerContext } from '../worker-context.js';

/** Does what an import asked for; its end is an event. */
@Injectable()
export class ImportImageProcessor implements Processor<'import-image'> {
  readonly name = 'import-image';

  constructor(private readonly importer: ImageImporter, private readonly tools: ImportTools) {}

  async process({ imageId, taskId, causationId, correlationId }: ImportImage, signal: AbortSignal): Promise<void> {
    await this.importer.run(workerContext({ causationId, correlationId }), imageId, taskId, this.tools, signal);
  }
}
