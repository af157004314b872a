import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import type { Credentials } from '#access';
import { CLAIMS, type Claims, type CommandContext, type Decided, type Lease } from '#event-store';
import { Stores, type GuardedStore, type StoredData } from '#stores';
import { UploadInspection } from './formats/upload-inspection.js';
import { ImageAccess } from './image-access.js';
import { ImageGoneDuringUpload, NotQueuedForUpload, ServiceStopping, StorageQuotaExceeded } from './image/image.errors.js';
import { imageOf, type Image } from './image/image.js';
import type { ImageState } from './image/image.state.js';
import { FailUpload, FinishUpload, StartUpload } from './image/upload-data.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { ImageList } from './read-model/image-list.js';
import { SignatureVerifier } from './signature/signature-verifier.js';
import { OwnerQuotas } from './usage/owner-quotas.js';
import { keepLease, stillHeld, takeUpload } from './upload-lease.js';

const log = new Logger('ImageData');

export interface Upload {
  readonly source: AsyncIterable<Uint8Array>;
  /** Bytes to come, where the client said so. */
  readonly size?: number;
  /** The caller's own, to fetch the certificate of a signed image with. */
  readonly credentials?: Credentials;
  /** Name of the store to write to, where there are several; by default the default one. */
  readonly store?: string;
}

/** The bytes around the upload events: each upload is one attempt under a lease of its own. */
@Injectable()
export class ImageDataService {
  private readonly running = new Map<AbortController, Promise<unknown>>();

  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    private readonly access: ImageAccess,
    @Inject(CLAIMS) private readonly claims: Claims,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
    private readonly signatures: SignatureVerifier,
    private readonly quotas: OwnerQuotas,
  ) {}

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
    const work = this.withinQuota(image, uploadId, upload, (metered) => this.attempt(context, image, store, uploadId, metered, lease, control.signal));
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

  /** What is refused for want of room changes nothing. */
  private async withinQuota(image: Image, uploadId: string, upload: Upload, work: (metered: Upload) => Promise<void>): Promise<void> {
    if (image.status !== 'queued') throw new NotQueuedForUpload(image.id, image.status);
    const room = await this.quotas.roomFor(image.owner, uploadId, upload.size);
    try {
      await work({ ...upload, source: room.meter(upload.source) });
    } finally {
      room.close();
    }
  }

  private async attempt(context: CommandContext, image: Image, store: GuardedStore, uploadId: string, upload: Upload, lease: Lease, signal: AbortSignal): Promise<void> {
    const started = { uploadId, method: 'upload' as const, store: store.id, ...(upload.size === undefined ? {} : { declaredSize: upload.size }) };
    const { state } = await this.start(new StartUpload(context, image.id, started));
    // From now on, and not before, the formats stand.
    const inspection = new UploadInspection(imageOf(image.id, state) ?? image, this.options.formats);
    let stored: StoredData;
    try {
      stored = await store.put({
        attempt: { imageId: image.id, uploadId },
        source: upload.source,
        maxSize: this.options.imageSizeCap,
        expectedSize: upload.size,
        hashAlgorithm: this.options.hashingAlgorithm,
        signature: await this.signatures.prepare(image.properties, upload.credentials, signal),
        mayReplace: () => this.isLeftover(image.id, uploadId, lease),
        signal,
        inspect: inspection.feed,
        atEnd: inspection.end,
      });
    } catch (error) {
      await this.fail(context, image.id, uploadId, error);
      throw error;
    }
    for (const warning of inspection.verdict.warnings) log.warn(`Image ${image.id}: ${warning}`);
    await this.finish(context, image, uploadId, store, stored, inspection.verdict.virtualSize);
  }

  private storeFor({ store }: Upload): GuardedStore {
    return store === undefined || !this.stores.several ? this.stores.default : this.stores.byId(store);
  }

  private async start(command: StartUpload): Promise<Decided<ImageState>> {
    try {
      return await this.bus.execute(command);
    } catch (error) {
      await this.quotas.release(command.upload.uploadId);
      throw error;
    }
  }

  private async finish(context: CommandContext, image: Image, uploadId: string, store: GuardedStore, stored: StoredData, virtualSize: number | null): Promise<void> {
    const { url, ...data } = stored;
    const location = { locationId: uuidv7(), store: store.id, url: this.options.encryptLocation(url), metadata: {} };
    try {
      await this.bus.execute(new FinishUpload(context, image.id, { uploadId, virtualSize, ...data }, location));
    } catch (error) {
      // Any other failure leaves open whether the event was written: the recovery looks and decides.
      if (error instanceof ImageGoneDuringUpload || error instanceof StorageQuotaExceeded) {
        await store.remove(url);
        await this.fail(context, image.id, uploadId, error);
      }
      throw error;
    }
  }

  /** Called once no byte of the attempt is left. */
  private async fail(context: CommandContext, imageId: string, uploadId: string, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    await this.bus.execute(new FailUpload(context, imageId, { uploadId, reason, outcome: 'queued' }));
    await this.quotas.release(uploadId);
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
