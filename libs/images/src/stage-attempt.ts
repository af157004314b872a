import type { CommandContext } from '#event-store';
import type { StagingArea, StoredData } from '#stores';
import { FinishStaging } from './image/import-data.js';
import { FailUpload, StartUpload } from './image/upload-data.js';
import type { Held } from './leased-images.js';
import { isCertain, type Upload, type UploadParts } from './upload-attempt.js';

export interface StageOf {
  readonly context: CommandContext;
  readonly imageId: string;
  readonly uploadId: string;
  readonly held: Held;
}

/** One try at staging an image's bytes, from the event that starts it to the one that ends it. */
export class StageAttempt {
  constructor(private readonly parts: Pick<UploadParts, 'bus' | 'options'>, private readonly staging: StagingArea, private readonly of: StageOf) {}

  async run({ source, size }: Upload): Promise<void> {
    const { context, imageId, uploadId } = this.of;
    const { bus, options } = this.parts;
    await bus.execute(new StartUpload(context, imageId, { uploadId, method: 'stage', store: this.staging.id, ...(size === undefined ? {} : { declaredSize: size }) }));
    let stored: StoredData | undefined;
    try {
      stored = await this.put(source, size);
      await bus.execute(new FinishStaging(context, imageId, {
        uploadId, size: stored.size, store: this.staging.id, url: options.encryptLocation(stored.url),
        ...(this.staging.node === undefined ? {} : { node: this.staging.node, ...(options.selfUrl === undefined ? {} : { nodeUrl: options.selfUrl }) }),
      }));
    } catch (error) {
      // Whether the event was written is open: the recovery looks and decides.
      if (stored && !isCertain(error)) throw error;
      if (stored) await this.staging.remove(stored.url);
      const reason = error instanceof Error ? error.message : String(error);
      await bus.execute(new FailUpload(context, imageId, { uploadId, reason, outcome: 'queued' }));
      throw error;
    }
  }

  private put(source: Upload['source'], expectedSize: number | undefined): Promise<StoredData> {
    const { imageId, uploadId, held } = this.of;
    const { options } = this.parts;
    return this.staging.put({
      attempt: { imageId, uploadId }, source, maxSize: options.imageSizeCap, ...(expectedSize === undefined ? {} : { expectedSize }),
      hashAlgorithm: options.hashingAlgorithm, mayReplace: () => held.isLeftover(this.staging.id), signal: held.signal,
    });
  }
}
