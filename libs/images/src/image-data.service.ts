import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import { CLAIMS, type Claims, type CommandContext, type Lease } from '#event-store';
import { Stores, type GuardedStore } from '#stores';
import { ImageAccess } from './image-access.js';
import { ImageGoneDuringUpload, NotQueuedForUpload, ServiceStopping } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { ImageList } from './read-model/image-list.js';
import { SignatureVerifier } from './signature/signature-verifier.js';
import { UploadAttempt, type Upload, type UploadParts } from './upload-attempt.js';
import { keepLease, stillHeld, takeUpload } from './upload-lease.js';
import { OwnerQuotas } from './usage/owner-quotas.js';

/** Who may upload, where to, and for how long: each upload is one attempt under a lease of its own, within its owner's quota. */
@Injectable()
export class ImageDataService {
  private readonly running = new Map<AbortController, Promise<unknown>>();
  private readonly parts: UploadParts;

  constructor(
    bus: CommandBus,
    private readonly stores: Stores,
    private readonly access: ImageAccess,
    @Inject(CLAIMS) private readonly claims: Claims,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
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
    const lease = await takeUpload(this.claims, image.id, `${this.options.holder}#${uploadId}`);
    if (!lease) throw new NotQueuedForUpload(image.id, image.status === 'queued' ? 'saving' : image.status);
    const control = new AbortController();
    const stopKeeping = keepLease(this.claims, lease, () => this.isWanted(image.id), () => control.abort(new ImageGoneDuringUpload(image.id)));
    const isLeftover = () => this.isLeftover(image.id, uploadId, lease);
    const attempt = new UploadAttempt(this.parts, { context, imageId: image.id, uploadId, store, signal: control.signal, isLeftover });
    const work = this.withinQuota(image, uploadId, upload, (metered) => attempt.run(metered));
    this.running.set(control, work);
    try {
      await work;
    } finally {
      this.running.delete(control);
      stopKeeping();
      // One that cannot be released expires; it must not turn a stored upload into an error.
      await this.claims.release(lease).catch(() => undefined);
    }
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

  /** An image that was deleted meanwhile needs no data. */
  private async isWanted(imageId: string): Promise<boolean> {
    return (await this.images.find(imageId))?.deletedAt === null;
  }

  /** What stands under the image's name may go only while this attempt's lease holds and no event knows of it. */
  private async isLeftover(imageId: string, uploadId: string, lease: Lease): Promise<boolean> {
    const image = await this.images.find(imageId);
    return image?.openUpload === uploadId && image.locations.length === 0 && stillHeld(this.claims, lease);
  }

  /** Aborts what is running, and resolves when each attempt has cleaned up. */
  async abortAll(): Promise<void> {
    for (const control of this.running.keys()) control.abort(new ServiceStopping());
    await Promise.allSettled(this.running.values());
  }
}
