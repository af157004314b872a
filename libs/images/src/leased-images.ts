import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CLAIMS, type Claims, type Lease } from '#event-store';
import { ImageGoneDuringUpload, ServiceStopping } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import type { ImageList } from './read-model/image-list.js';
import { isHeld, stillHeld, whileLeased, type Leased } from './leases.js';

const KIND = 'upload';

/** The right to write an image's bytes, as long as the work lasts that it was taken for. */
export interface Held {
  /** Aborts when the lease is lost, the image deleted, or the process ends. */
  readonly signal: AbortSignal;
  /** True while what stands under the image's name on the store may go: the lease holds, and the image knows of no data there. */
  isLeftover(store: string): Promise<boolean>;
}

/** Attempts at images' bytes that run in this process, each under a lease of its own. */
@Injectable()
export class LeasedImages {
  private readonly running = new Map<AbortController, Promise<unknown>>();

  constructor(
    @Inject(CLAIMS) private readonly claims: Claims,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /** Does the work while this process alone may write the image's bytes; `busy` is thrown where somebody alive does. */
  async hold<T>(image: Image, uploadId: string, busy: Error, work: (held: Held) => Promise<T>): Promise<T> {
    const control = new AbortController();
    const lease = { ...this.leaseOn(image.id, uploadId), wanted: () => this.isWanted(image.id), lost: () => new ImageGoneDuringUpload(image.id), control };
    const isLeftover = async (store: string, held: Lease) => (await this.owns(image.id, uploadId, store)) && stillHeld(this.claims, held);
    const refuse = (): never => {
      throw busy;
    };
    const running = whileLeased(this.claims, lease, refuse, (signal, held) => work({ signal, isLeftover: (store) => isLeftover(store, held) }));
    this.running.set(control, running);
    return running.finally(() => this.running.delete(control));
  }

  /** Does what may not happen while somebody writes the image's bytes, without writing any; `busy` answers where somebody alive does. */
  alone<T>(imageId: string, use: string, busy: () => T, work: (held: AbortSignal) => Promise<T>): Promise<T> {
    return whileLeased(this.claims, this.leaseOn(imageId, `${use}-${randomUUID()}`), busy, work);
  }

  /** Somebody alive writes the image's bytes, or tidies up there. */
  isTaken(imageId: string): Promise<boolean> {
    return isHeld(this.claims, KIND, imageId.toLowerCase());
  }

  private leaseOn(imageId: string, use: string): Pick<Leased, 'kind' | 'key' | 'holder'> {
    return { kind: KIND, key: imageId.toLowerCase(), holder: `${this.options.holder}#${use}` };
  }

  /** An image that was deleted meanwhile needs no data. */
  private async isWanted(imageId: string): Promise<boolean> {
    return (await this.images.find(imageId))?.deletedAt === null;
  }

  private async owns(imageId: string, uploadId: string, store: string): Promise<boolean> {
    const image = await this.images.find(imageId);
    if (!image || image.staged?.store === store) return false;
    return (image.openImport?.uploadId ?? image.openUpload) === uploadId && !image.locations.some((one) => one.store === store);
  }

  /** Aborts what is running, and resolves when each attempt has cleaned up. */
  async abortAll(): Promise<void> {
    for (const control of this.running.keys()) control.abort(new ServiceStopping());
    await Promise.allSettled(this.running.values());
  }
}
