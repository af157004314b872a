import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { DataNotFound, measure, redactUrl, SizeMismatch, Stores, type GuardedStore } from '#stores';
import { ChangeImage } from '../image/change-image.js';
import type { Image, LocatedData } from '../image/image.js';
import { IMAGE_LIST, IMAGES_OPTIONS, type ImagesOptions } from '../images.options.js';
import { locationTools } from '../location-tools.js';
import type { ImageList } from '../read-model/image-list.js';
import type { Finding } from './finding.js';

type Amiss = Pick<Finding, 'kind' | 'size' | 'detail'>;

/** What lies at the places of an image's data, held against what its events say. */
@Injectable()
export class LocationCheck {
  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  /** undefined where all is well, or the image has given the place up meanwhile. With `verify` every byte is read and hashed. */
  async check(image: Image, location: LocatedData, verify: boolean, signal?: AbortSignal): Promise<Amiss | undefined> {
    const amiss = await this.look(image, location, verify, signal);
    return amiss && (await this.isStillIts(image, location)) ? amiss : undefined;
  }

  /**
   * Has the image give up a place where its data is not, as long as it has another one that is good down to its hash. Why not,
   * where not: empty where it did.
   */
  async giveUp(context: CommandContext, { id }: Image, location: LocatedData, signal?: AbortSignal): Promise<string> {
    const image = await this.images.find(id);
    if (image?.status !== 'active') return 'kept: the image is not active';
    if (!(await this.hasAnother(image, location, signal))) return 'kept: the image has no other good copy';
    const tools = locationTools(this.options, this.stores);
    await this.bus.execute(new ChangeImage(context, image.id, [{ kind: 'location', op: 'remove', id: location.id }], this.options.quotas, tools));
    return '';
  }

  private async hasAnother(image: Image, { id, url }: LocatedData, signal?: AbortSignal): Promise<boolean> {
    const { decryptLocation } = this.options;
    for (const other of image.locations) {
      if (other.id === id || decryptLocation(other.url) === decryptLocation(url)) continue;
      if ((await this.look(image, other, true, signal)) === undefined) return true;
    }
    return false;
  }

  private async look(image: Image, { store: id, url }: LocatedData, verify: boolean, signal?: AbortSignal): Promise<Amiss | undefined> {
    const store = this.stores.find(id);
    if (!store) return { kind: 'unreadable', size: null, detail: `there is no store named ${id} here` };
    const plain = this.options.decryptLocation(url);
    try {
      const size = await store.size(plain);
      if (image.size !== null && size !== image.size) return wrongSize(size, image.size);
      return verify ? await this.verify(store, plain, image, size, signal) : undefined;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof DataNotFound) return { kind: 'missing', size: null, detail: `there is nothing at ${redactUrl(plain)}` };
      if (error instanceof SizeMismatch) return wrongSize(error.actual, error.expected);
      return { kind: 'unreadable', size: null, detail: error instanceof Error ? error.message : String(error) };
    }
  }

  /** What has no hashes of its own is only read. */
  private async verify(store: GuardedStore, url: string, image: Image, size: number, signal?: AbortSignal): Promise<Amiss | undefined> {
    const { osHashAlgo, osHashValue, checksum } = image;
    const found = await measure(store, { url, maxSize: Infinity, expectedSize: size, hashAlgorithm: osHashAlgo ?? this.options.hashingAlgorithm, ...(signal ? { signal } : {}) });
    const differ = [
      ...(osHashValue !== null && found.osHashValue !== osHashValue ? [`${osHashAlgo} is ${found.osHashValue}, not ${osHashValue}`] : []),
      ...(checksum !== null && found.checksum !== checksum ? [`md5 is ${found.checksum}, not ${checksum}`] : []),
    ];
    return differ.length > 0 ? { kind: 'wrong-hash', size, detail: differ.join('; ') } : undefined;
  }

  private async isStillIts({ id }: Image, location: LocatedData): Promise<boolean> {
    const image = await this.images.find(id);
    return image !== undefined && image.status !== 'deleted' && image.locations.some((one) => one.id === location.id);
  }
}

const wrongSize = (size: number, expected: number): Amiss => ({ kind: 'wrong-size', size, detail: `${size} bytes, not ${expected}` });
