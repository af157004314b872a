import { Injectable, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import type { CommandContext } from '#event-store';
import { Stores, type GuardedStore } from '#stores';
import { ImageAccess } from './image-access.js';
import { KillImage } from './image/upload-data.js';
import { FormatsMissing, ImageGoneDuringUpload, NotQueuedForUpload, ServiceStopping } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { LeasedImages } from './leased-images.js';
import { SignatureVerifier } from './signature/signature-verifier.js';
import { StageAttempt } from './stage-attempt.js';
import { UploadAttempt, type Upload, type UploadParts } from './upload-attempt.js';
import { OwnerQuotas } from './usage/owner-quotas.js';

/** Who may upload or stage, where to, and for how long: each is one attempt under a lease of its own, within its owner's quota. */
@Injectable()
export class ImageDataService {
  private readonly parts: UploadParts;

  constructor(
    bus: CommandBus,
    private readonly stores: Stores,
    private readonly access: ImageAccess,
    private readonly leased: LeasedImages,
    @Inject(IMAGES_OPTIONS) options: ImagesOptions,
    signatures: SignatureVerifier,
    private readonly quotas: OwnerQuotas,
  ) {
    this.parts = { bus, options, signatures, quotas };
  }

  /** Resolves when the data is stored, hashed and the image active; otherwise the image is queued again, without bytes. */
  async upload(context: CommandContext, id: string, upload: Upload): Promise<void> {
    const image = await this.access.find(context.actor, id);
    this.access.permitChange('upload_image', context.actor, image);
    const store = this.storeFor(upload);
    const uploadId = uuidv7();
    try {
      await this.attempt(context, image, uploadId, store, upload);
    } catch (error) {
      if (upload.failsTo === 'killed' && isItsOwn(error)) await this.kill(context, image.id, error);
      throw error;
    }
  }

  /** A client was told that the image is lost: it is `killed`, unless somebody else's attempt has it. */
  async kill(context: CommandContext, id: string, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await this.parts.bus.execute(new KillImage(context, id, { uploadId: uuidv7(), reason, outcome: 'killed' }));
  }

  private async attempt(context: CommandContext, image: Image, uploadId: string, store: GuardedStore, upload: Upload): Promise<void> {
    const busy = new NotQueuedForUpload(image.id, image.status === 'queued' ? 'saving' : image.status);
    await this.leased.hold(image, uploadId, busy, (held) => {
      const attempt = new UploadAttempt(this.parts, { context, imageId: image.id, uploadId, store, signal: held.signal, isLeftover: () => held.isLeftover(store.id) });
      return this.withinQuota(image, uploadId, upload, (metered) => attempt.run(metered));
    });
  }

  /** Resolves when the data waits, durably, to be imported; otherwise the image is queued again, without bytes. */
  async stage(context: CommandContext, id: string, upload: Upload): Promise<void> {
    await this.quotas.mayStage(context.actor.project);
    const image = await this.access.find(context.actor, id);
    this.access.permitChange('modify_image', context.actor, image);
    const uploadId = uuidv7();
    const busy = new NotQueuedForUpload(image.id, image.status === 'queued' ? 'uploading' : image.status, 'uploading');
    if (image.status !== 'queued') throw busy;
    await this.leased.hold(image, uploadId, busy, (held) =>
      new StageAttempt(this.parts, this.stores.staging, { context, imageId: image.id, uploadId, held }).run(upload));
  }

  private storeFor({ store }: Upload): GuardedStore {
    return store === undefined || !this.stores.several ? this.stores.default : this.stores.byId(store);
  }

  /** What is refused for want of room changes nothing; that it has data already is the better reason. */
  private async withinQuota(image: Image, uploadId: string, upload: Upload, work: (metered: Upload) => Promise<void>): Promise<void> {
    if (image.status !== 'queued') throw new NotQueuedForUpload(image.id, image.status);
    const room = await this.quotas.roomFor(image.owner, uploadId, upload.size);
    try {
      await work({ ...upload, source: room.meter(upload.source) });
    } finally {
      room.close();
    }
  }

  abortAll(): Promise<void> {
    return this.leased.abortAll();
  }
}

/** No other attempt is to blame, and no image that is gone. */
const isItsOwn = (error: unknown): boolean =>
  ![NotQueuedForUpload, FormatsMissing, ImageGoneDuringUpload, ServiceStopping].some((kind) => error instanceof kind);
