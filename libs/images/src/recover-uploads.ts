import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { Stores, type Attempt } from '#stores';
import { FailUpload } from './image/upload-data.js';
import { IMAGE_LIST } from './images.options.js';
import { LeasedImages } from './leased-images.js';
import { everyId } from './read-model/every-id.js';
import type { ImageList } from './read-model/image-list.js';
import { OwnerQuotas } from './usage/owner-quotas.js';

/** Ends the attempts of processes that died: the image is queued again, and no byte of theirs stays. */
@Injectable()
export class RecoverUploads {
  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    private readonly leased: LeasedImages,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    private readonly quotas: OwnerQuotas,
  ) {}

  /** Answers how many attempts it ended; those whose lease is alive are left alone. */
  async run(context: CommandContext): Promise<number> {
    let ended = 0;
    for await (const id of everyId((after, limit) => this.images.openWork('upload', after, limit))) ended += Number(await this.recover(context, id));
    return ended;
  }

  private recover(context: CommandContext, id: string): Promise<boolean> {
    return this.leased.alone(id, 'recovery', () => false, (held) => this.end(context, id, held));
  }

  private async end(context: CommandContext, id: string, held: AbortSignal): Promise<boolean> {
    const image = await this.images.find(id);
    if (!image?.openUpload || image.staged || image.openImport) return false;
    const attempt = { imageId: image.id, uploadId: image.openUpload };
    // As long as the bytes may be there, nobody else may use their room.
    await this.quotas.renew(attempt.uploadId);
    await this.discard(attempt, false);
    held.throwIfAborted();
    const reason = 'The process that received the data ended before it was stored.';
    const { events } = await this.bus.execute(new FailUpload(context, image.id, { uploadId: attempt.uploadId, reason, outcome: 'queued' }));
    held.throwIfAborted();
    // Only now can no late FinishUpload of the dead process make the published bytes the image's own.
    if (events.length > 0) await this.discard(attempt, image.locations.length === 0);
    await this.quotas.release(attempt.uploadId);
    return true;
  }

  private async discard(attempt: Attempt, unreferenced: boolean): Promise<void> {
    await this.stores.staging.discard(attempt, unreferenced);
    for (const store of this.stores.list()) if (!store.readOnly) await store.discard(attempt, unreferenced);
  }
}
