import { Inject, Injectable } from '@nestjs/common';
import { Stores } from '#stores';
import { IMAGE_LIST } from '../images.options.js';
import type { ImageList } from '../read-model/image-list.js';
import { OrphanedData } from './orphaned-data.js';
import { inBatches, isImageId, stagingPlace } from './places.js';

const BATCH = 200;

export interface CleanedStaging {
  /** Staged files whose image is gone, or does not wait for them. */
  readonly files: number;
  /** What dead processes left of files that they wrote or worked on. */
  readonly parts: number;
}

/** Keeps where data waits for its import free of what nobody waits for. Files that are not ours stay. */
@Injectable()
export class StagingCleaner {
  constructor(
    private readonly stores: Stores,
    private readonly orphans: OrphanedData,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
  ) {}

  /** Ends between two files when the signal aborts. */
  async run(signal: AbortSignal): Promise<CleanedStaging> {
    return { files: await this.files(signal), parts: await this.parts(signal) };
  }

  private async files(signal: AbortSignal): Promise<number> {
    const place = stagingPlace(this.stores);
    let removed = 0;
    for await (const batch of inBatches(place.holder.list(), BATCH)) {
      const named = batch.filter(({ name }) => isImageId(name));
      const images = new Map((await this.images.findAll(named.map(({ name }) => name))).map((image) => [image.id.toLowerCase(), image]));
      for (const object of named) {
        if (signal.aborted) return removed;
        const orphan = await this.orphans.isOrphan(place, object, images.get(object.name.toLowerCase()));
        if (orphan && (await this.orphans.remove(place, object))) removed += 1;
      }
    }
    return removed;
  }

  private async parts(signal: AbortSignal): Promise<number> {
    const place = stagingPlace(this.stores);
    let removed = 0;
    for await (const part of place.holder.parts()) {
      if (signal.aborted) return removed;
      if (isImageId(part.attempt.imageId) && (await this.orphans.removePart(place, part))) removed += 1;
    }
    return removed;
  }
}
