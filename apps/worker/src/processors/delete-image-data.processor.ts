import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { IMAGE_LIST, PurgeImageData, type Image, type ImageList, type LocatedData } from '#images';
import { Stores } from '#stores';
import type { Processor } from '../job-runner.js';
import type { DeleteImageData } from '../queues.js';
import { workerContext } from '../worker-context.js';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker.options.js';

/** Removes the bytes of a deleted image, or at its removed locations, from every store that has them, and says so by a command. */
@Injectable()
export class DeleteImageDataProcessor implements Processor {
  readonly name = 'delete-image-data';

  constructor(
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    private readonly stores: Stores,
    private readonly bus: CommandBus,
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
  ) {}

  /** Bytes that are gone already count as removed. A store that fails does not spare the others; the job is tried again. */
  async process({ imageId, causationId, correlationId }: DeleteImageData, signal: AbortSignal): Promise<void> {
    const image = await this.images.find(imageId);
    if (!image) return;
    const context = workerContext({ causationId, correlationId });
    const failures: unknown[] = [];
    for (const location of this.due(image)) {
      signal.throwIfAborted();
      await this.purge(context, image, location).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  private due({ status, locations, leftovers }: Image): readonly LocatedData[] {
    if (status === 'deleted') return [...locations, ...leftovers];
    const live = new Set(locations.map(({ url }) => this.options.decryptLocation(url)));
    return leftovers.filter(({ url }) => !live.has(this.options.decryptLocation(url)));
  }

  private async purge(context: CommandContext, image: Image, { id, store, url }: LocatedData): Promise<void> {
    await this.stores.byId(store).remove(this.options.decryptLocation(url));
    await this.bus.execute(new PurgeImageData(context, image.id, [id]));
  }
}
