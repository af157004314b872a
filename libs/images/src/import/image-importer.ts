import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { Stores } from '#stores';
import { StartImport } from '../image/import-data.js';
import { ImportBusy } from '../image/import.errors.js';
import type { Image } from '../image/image.js';
import type { ImageImport } from '../image/imports.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from '../images.options.js';
import { LeasedImages, type Held } from '../leased-images.js';
import type { ImageList } from '../read-model/image-list.js';
import { SignatureVerifier } from '../signature/signature-verifier.js';
import { OwnerQuotas } from '../usage/owner-quotas.js';
import { ImportAttempt } from './import-attempt.js';
import type { ImportHelp } from './import-help.js';

/** An import whose process died this often is not tried again. */
const MOST_STARTS = 10;

/** Does imports that were requested, each under its image's lease; one that a dead process has left is done from where its events say. */
@Injectable()
export class ImageImporter {
  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    private readonly leased: LeasedImages,
    private readonly quotas: OwnerQuotas,
    private readonly signatures: SignatureVerifier,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /**
   * Resolves when the import is over, well or not: its events say which. Rejects where it must be taken up again: the
   * signal aborted, another process is at it, or the database is away.
   */
  async run(context: CommandContext, imageId: string, taskId: string, help: ImportHelp, signal: AbortSignal): Promise<void> {
    const image = await this.images.find(imageId);
    const task = image?.imports.find((one) => one.taskId === taskId);
    if (!image || !task) return;
    await this.leased.hold(image, task.uploadId, new ImportBusy(image.id), async (held) => {
      const now = await this.images.find(imageId);
      if (now?.openImport?.taskId === taskId) await this.take(context, now, now.openImport, help, { ...held, signal: AbortSignal.any([held.signal, signal]) });
      else if (now) {
        await this.clean(now, task);
        await help.ended(taskId);
      }
    });
  }

  private async take(context: CommandContext, image: Image, task: ImageImport, help: ImportHelp, held: Held): Promise<void> {
    const { bus, stores, quotas, signatures, options } = this;
    const attempt = new ImportAttempt({ bus, stores, quotas, signatures, options, help, isDeleted: async () => (await this.images.find(image.id))?.deletedAt !== null }, { context, image, task, held });
    if (task.starts >= MOST_STARTS) return attempt.giveUp(new Error(`The processes that imported the image ended ${task.starts} times before it was done.`));
    await bus.execute(new StartImport(context, image.id, task.taskId));
    return attempt.run();
  }

  /** What an import that is over has left in the staging area, unless the image was staged anew. */
  private async clean(image: Image, { uploadId }: ImageImport): Promise<void> {
    const unreferenced = image.staged === null && image.openUpload === null;
    await this.stores.staging.discard({ imageId: image.id, uploadId }, unreferenced);
  }
}
