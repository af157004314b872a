import type { CommandBus } from '@nestjs/cqrs';
import { PurgeImageData, type ImageList } from '#images';
import type { Stores } from '#stores';
import type { Processor } from '../job-runner.js';
import type { DeleteImageData } from '../queues.js';
import { workerContext } from '../worker-context.js';

/** Removes a deleted image's bytes from every store that has them, and says so by a command. */
export class DeleteImageDataProcessor implements Processor {
  readonly name = 'delete-image-data';

  constructor(
    private readonly images: ImageList,
    private readonly stores: Stores,
    private readonly bus: CommandBus,
    private readonly decryptLocation: (stored: string) => string,
  ) {}

  /** Bytes that are gone already count as removed; a store that fails has the job tried again for what is left. */
  async process({ imageId, causationId, correlationId }: DeleteImageData, signal: AbortSignal): Promise<void> {
    const image = await this.images.find(imageId);
    if (!image || image.deletedAt === null) return;
    for (const { id, store, url } of image.locations) {
      signal.throwIfAborted();
      await this.stores.byId(store).remove(this.decryptLocation(url));
      await this.bus.execute(new PurgeImageData(workerContext({ causationId, correlationId }), image.id, [id]));
    }
  }
}
