import { v7 as uuidv7 } from 'uuid';
import type { DataSignature, GuardedStore, StoredData } from '#stores';
import { UploadInspection } from '../formats/upload-inspection.js';
import { CopyDiffers } from '../image/import.errors.js';
import type { ImageLocationAdded } from '../image/image.events.js';
import type { ImportOf, ImportParts } from './import-attempt.js';
import type { ImportData } from './import-data-source.js';
import { metered } from './metered.js';
import { Undecided } from './passing-failure.js';

export interface StoredCopy {
  readonly location: Omit<ImageLocationAdded['data'], 'uploadId'>;
  readonly data: StoredData & { readonly virtualSize: number | null };
}

export interface WrittenCopies {
  readonly stored: readonly StoredCopy[];
  readonly failed: Readonly<Record<string, unknown>>;
}

/** An import's copies in the stores that do not have one yet, some at a time. */
export class StoreCopies {
  private readonly written = new Map<string, StoredCopy>();
  /** Stores whose copy an event tells of. */
  readonly told = new Set<string>();
  private readonly failures = new Map<string, unknown>();
  private readonly stopping = new AbortController();

  constructor(private readonly parts: ImportParts, private readonly of: ImportOf) {}

  /**
   * With `tell` each copy is told of as soon as it is there, and a store that fails is missed; without it the first
   * failure ends all and is thrown.
   */
  async write(data: ImportData, tell?: (copy: StoredCopy) => Promise<void>): Promise<WrittenCopies> {
    const signature = await this.signature();
    const left = this.of.task.stores.filter((store) => !this.of.task.storedIn.includes(store));
    const worker = async () => {
      for (let store = left.shift(); store !== undefined; store = left.shift()) await this.copy(store, data, signature, tell);
    };
    await Promise.all(Array.from({ length: this.parts.options.maxParallelStores ?? 1 }, worker));
    if (this.stopping.signal.aborted) throw this.stopping.signal.reason;
    this.of.held.signal.throwIfAborted();
    return { stored: [...this.written.values()], failed: Object.fromEntries(this.failures) };
  }

  private async signature(): Promise<DataSignature | undefined> {
    const { image, held } = this.of;
    const { signatures, help } = this.parts;
    return signatures.isClaimed(image.properties) ? signatures.prepare(image.properties, await help.credentials(), held.signal) : undefined;
  }

  private async copy(id: string, data: ImportData, signature: DataSignature | undefined, tell?: (copy: StoredCopy) => Promise<void>): Promise<void> {
    const signal = AbortSignal.any([this.of.held.signal, this.stopping.signal]);
    if (signal.aborted) return;
    try {
      const copy = await this.put(this.parts.stores.byId(id), data, signature, signal);
      this.written.set(id, copy);
      await tell?.(copy);
      if (tell) this.told.add(id);
    } catch (error) {
      this.failures.set(id, error);
      if (!tell || error instanceof Undecided) this.stopping.abort(error);
      else await this.take(id);
    }
  }

  private async put(store: GuardedStore, data: ImportData, signature: DataSignature | undefined, signal: AbortSignal): Promise<StoredCopy> {
    const { image, task, held } = this.of;
    const { options, help } = this.parts;
    const attempt = { imageId: image.id, uploadId: task.uploadId };
    await store.discard(attempt, false);
    const inspection = new UploadInspection({ diskFormat: data.diskFormat, containerFormat: data.containerFormat }, options.formats);
    const judged = task.method === 'copy-image' ? {} : { inspect: inspection.feed, atEnd: inspection.end };
    const stored = await store.put({
      attempt, source: metered(await data.read(), (bytes) => help.progress(task.taskId, store.id, bytes, data.size)),
      maxSize: options.imageSizeCap, expectedSize: data.size, hashAlgorithm: data.expected?.osHashAlgo ?? options.hashingAlgorithm,
      ...(signature === undefined ? {} : { signature }), mayReplace: () => held.isLeftover(store.id), signal, ...judged,
    });
    if (data.expected && data.expected.osHashValue !== stored.osHashValue) {
      await store.remove(stored.url);
      throw new CopyDiffers(image.id, store.id);
    }
    const location = { locationId: uuidv7(), store: store.id, url: options.encryptLocation(stored.url), metadata: {} };
    return { location, data: { ...stored, virtualSize: inspection.verdict.virtualSize } };
  }

  /** Takes back one copy that no event knows of. */
  private async take(id: string): Promise<void> {
    const copy = this.written.get(id);
    this.written.delete(id);
    if (copy && !this.told.has(id)) await this.parts.stores.byId(id).remove(copy.data.url);
  }

  /** Whatever this attempt, or one before it, left in the stores without an event that tells of it. */
  async discard(): Promise<void> {
    const { image, task } = this.of;
    for (const id of task.stores) {
      const referenced = this.told.has(id) || image.locations.some(({ store }) => store === id);
      await this.parts.stores.find(id)?.discard({ imageId: image.id, uploadId: task.uploadId }, !referenced);
    }
  }

  reasons(text: (error: unknown) => string): Record<string, string> {
    return Object.fromEntries([...this.failures].map(([store, error]) => [store, text(error)]));
  }
}
