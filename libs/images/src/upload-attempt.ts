import { Logger } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import type { Credentials } from '#access';
import type { CommandContext } from '#event-store';
import type { GuardedStore, StoredData } from '#stores';
import { UploadInspection } from './formats/upload-inspection.js';
import { ChecksumMismatch, ImageGoneDuringUpload, ProjectOverLimit, ServiceStopping, StorageQuotaExceeded } from './image/image.errors.js';
import { imageOf, type Image } from './image/image.js';
import { FailUpload, FinishUpload, StartUpload } from './image/upload-data.js';
import type { ImagesOptions } from './images.options.js';
import type { SignatureVerifier } from './signature/signature-verifier.js';
import type { OwnerQuotas } from './usage/owner-quotas.js';

const log = new Logger('ImageData');

/** Refusals that come before anything is appended. */
const CERTAIN = [ImageGoneDuringUpload, StorageQuotaExceeded, ProjectOverLimit];

export const isCertain = (error: unknown): boolean => CERTAIN.some((kind) => error instanceof kind);

export interface Upload {
  readonly source: AsyncIterable<Uint8Array>;
  /** Bytes to come, where the client said so. */
  readonly size?: number;
  /** The caller's own, to fetch the certificate of a signed image with. */
  readonly credentials?: Credentials;
  /** Hex md5 that the client says the data has; what differs is refused. */
  readonly checksum?: string;
  /** `killed`: as clients of version 1 are told; by default the image is queued again. */
  readonly failsTo?: 'queued' | 'killed';
  /** Name of the store to write to, where there are several; by default the default one. */
  readonly store?: string;
}

/** What every attempt works with. */
export interface UploadParts {
  readonly bus: CommandBus;
  readonly options: ImagesOptions;
  readonly signatures: SignatureVerifier;
  readonly quotas: OwnerQuotas;
}

/** One try at an image's bytes, under a lease that its maker holds. */
export interface AttemptOf {
  readonly context: CommandContext;
  readonly imageId: string;
  readonly uploadId: string;
  readonly store: GuardedStore;
  /** Its reason ends the attempt. */
  readonly signal: AbortSignal;
  /** What stands under the image's name is nobody's. */
  readonly isLeftover: () => Promise<boolean>;
}

/** From the event that starts it to the one that ends it; no byte stays of one that fails. */
export class UploadAttempt {
  constructor(private readonly parts: UploadParts, private readonly of: AttemptOf) {}

  async run(upload: Upload): Promise<void> {
    const image = await this.start(upload);
    const inspection = new UploadInspection(image, this.parts.options.formats);
    let stored: StoredData;
    try {
      stored = await this.put(upload, image, inspection);
      await this.verify(upload, stored);
    } catch (error) {
      await this.fail(error, upload.failsTo);
      throw error;
    }
    for (const warning of inspection.verdict.warnings) log.warn(`Image ${image.id}: ${warning}`);
    await this.finish(stored, inspection.verdict.virtualSize, upload.failsTo);
  }

  private async verify({ checksum }: Upload, stored: StoredData): Promise<void> {
    if (checksum === undefined || checksum.toLowerCase() === stored.checksum) return;
    await this.of.store.remove(stored.url);
    throw new ChecksumMismatch(this.of.imageId, checksum, stored.checksum);
  }

  /** From now on, and not before, the image's formats stand. */
  private async start({ size }: Upload): Promise<Image> {
    const { context, imageId, uploadId, store } = this.of;
    const started = { uploadId, method: 'upload' as const, store: store.id, ...(size === undefined ? {} : { declaredSize: size }) };
    try {
      const { state } = await this.parts.bus.execute(new StartUpload(context, imageId, started));
      const image = imageOf(imageId, state);
      if (!image) throw new ImageGoneDuringUpload(imageId);
      return image;
    } catch (error) {
      await this.parts.quotas.release(uploadId);
      throw error;
    }
  }

  private async put({ source, size, credentials }: Upload, image: Image, { feed, end }: UploadInspection): Promise<StoredData> {
    const { imageId, uploadId, store, signal, isLeftover } = this.of;
    const { options, signatures } = this.parts;
    return store.put({
      attempt: { imageId, uploadId },
      source,
      maxSize: options.imageSizeCap,
      expectedSize: size,
      hashAlgorithm: options.hashingAlgorithm,
      signature: await signatures.prepare(image.properties, credentials, signal),
      mayReplace: isLeftover,
      signal,
      inspect: feed,
      atEnd: end,
    });
  }

  private async finish({ url, ...data }: StoredData, virtualSize: number | null, failsTo: Upload['failsTo']): Promise<void> {
    const { context, imageId, uploadId, store } = this.of;
    const location = { locationId: uuidv7(), store: store.id, url: this.parts.options.encryptLocation(url), metadata: {} };
    try {
      await this.parts.bus.execute(new FinishUpload(context, imageId, { uploadId, virtualSize, ...data }, location));
    } catch (error) {
      // Any other failure leaves open whether the event was written: the recovery looks and decides.
      if (isCertain(error)) {
        await store.remove(url);
        await this.fail(error, failsTo);
      }
      throw error;
    }
  }

  /** Called once no byte of the attempt is left. */
  private async fail(error: unknown, failsTo: Upload['failsTo'] = 'queued'): Promise<void> {
    const { context, imageId, uploadId } = this.of;
    const reason = error instanceof Error ? error.message : String(error);
    await this.parts.bus.execute(new FailUpload(context, imageId, { uploadId, reason, outcome: error instanceof ServiceStopping ? 'queued' : failsTo }));
    await this.parts.quotas.release(uploadId);
  }
}
