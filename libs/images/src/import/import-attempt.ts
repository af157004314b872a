import type { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import type { Stores } from '#stores';
import { FailImport, FinishImport, StoreImported, type ImportedData, type ImportOutcome } from '../image/import-data.js';
import type { Image } from '../image/image.js';
import type { ImageImport } from '../image/imports.js';
import type { ImagesOptions } from '../images.options.js';
import type { Held } from '../leased-images.js';
import type { SignatureVerifier } from '../signature/signature-verifier.js';
import type { OwnerQuotas } from '../usage/owner-quotas.js';
import { isCertain } from '../upload-attempt.js';
import { isPassing, Undecided } from './passing-failure.js';
import type { ImportHelp } from './import-help.js';
import { openImportData, type ImportData } from './import-data-source.js';
import { StoreCopies, type StoredCopy } from './store-copies.js';

export interface ImportParts {
  readonly bus: CommandBus;
  readonly stores: Stores;
  readonly quotas: OwnerQuotas;
  readonly signatures: SignatureVerifier;
  readonly options: ImagesOptions;
  readonly help: ImportHelp;
  /** The image is wanted no more. */
  readonly isDeleted: () => Promise<boolean>;
}

export interface ImportOf {
  readonly context: CommandContext;
  readonly image: Image;
  readonly task: ImageImport;
  readonly held: Held;
}

/** One process's try at an import, from the bytes to the event that ends it. */
export class ImportAttempt {
  private readonly copies: StoreCopies;

  constructor(private readonly parts: ImportParts, private readonly of: ImportOf) {
    this.copies = new StoreCopies(parts, of);
  }

  async run(): Promise<void> {
    const { task } = this.of;
    let data: ImportData | undefined;
    try {
      data = await openImportData(this.parts, this.of);
      await this.withRoom(data.size * (task.stores.length - task.storedIn.length), () => this.store(data as ImportData));
    } catch (error) {
      if (await this.mustRetry(error)) throw error;
      await this.giveUp(error);
      return;
    } finally {
      await data?.close();
    }
    await this.cleaned();
    await this.parts.quotas.release(task.uploadId);
  }

  /** The bytes of all copies must have room in the owner's share before the first is written. */
  private async withRoom(bytes: number, work: () => Promise<void>): Promise<void> {
    const { image, task } = this.of;
    const room = await this.parts.quotas.roomFor(image.owner, task.uploadId, bytes);
    try {
      await work();
    } finally {
      room.close();
    }
  }

  private async store(data: ImportData): Promise<void> {
    const { task } = this.of;
    const each = task.allStoresMustSucceed ? undefined : (copy: StoredCopy) => this.tell(data, copy);
    const { stored, failed } = await this.copies.write(data, each);
    const [first] = stored;
    if (!first && task.storedIn.length === 0) throw Object.values(failed)[0] ?? new Error('No store took the data.');
    const names = [...new Set([...task.storedIn, ...stored.map(({ location }) => location.store)])];
    const reasons = Object.fromEntries(Object.entries(failed).map(([store, error]) => [store, textOf(error)]));
    const outcome: ImportOutcome = {
      ...data.changes,
      ...(task.allStoresMustSucceed ? { locations: stored.map(({ location }) => location), ...(first ? { data: importedData(data, first) } : {}) } : {}),
    };
    await this.execute(new FinishImport(this.of.context, this.of.image.id, {
      taskId: task.taskId, stores: names, ...(Object.keys(reasons).length > 0 ? { failed: reasons } : {}),
    }, outcome));
  }

  /** The image is active with the first store that has it. */
  private tell(data: ImportData, copy: StoredCopy): Promise<void> {
    const { context, image, task } = this.of;
    return this.execute(new StoreImported(context, image.id, task.taskId, copy.location, importedData(data, copy)));
  }

  private async execute(command: FinishImport | StoreImported): Promise<void> {
    await this.parts.bus.execute(command).catch((error: unknown) => {
      throw isCertain(error) ? error : new Undecided(error);
    });
  }

  /** What was written goes first, so that nothing is left when the event says that it is over. */
  async giveUp(error: unknown): Promise<void> {
    const { context, image, task } = this.of;
    const perStore = this.copies.reasons(textOf);
    await this.copies.discard();
    const reason = textOf(error);
    const kept = [...task.storedIn, ...this.copies.told];
    if (kept.length > 0 && !task.allStoresMustSucceed) {
      await this.parts.bus.execute(new FinishImport(context, image.id, { taskId: task.taskId, stores: kept, failed: this.missing(reason) }));
    } else {
      await this.parts.bus.execute(new FailImport(context, image.id, { taskId: task.taskId, reason, perStore: Object.keys(perStore).length > 0 ? perStore : this.missing(reason) }));
    }
    await this.parts.quotas.release(task.uploadId);
    await this.cleaned();
  }

  private missing(reason: string): Record<string, string> {
    const { task } = this.of;
    return Object.fromEntries(task.stores.filter((store) => !task.storedIn.includes(store) && !this.copies.told.has(store)).map((store) => [store, reason]));
  }

  private async cleaned(): Promise<void> {
    const { image, task } = this.of;
    await this.parts.stores.staging.discard({ imageId: image.id, uploadId: task.uploadId }, true);
    await this.parts.help.ended(task.taskId);
  }

  /** Neither the data nor a store is to blame. A lost lease may be another's now, who does it; only the image's deletion ends the import. */
  private async mustRetry(error: unknown): Promise<boolean> {
    return this.of.held.signal.aborted ? !(await this.parts.isDeleted()) : isPassing(error);
  }
}

const importedData = ({ diskFormat, containerFormat, virtualSize }: ImportData, { data }: StoredCopy): ImportedData => {
  const { size, checksum, osHashAlgo, osHashValue } = data;
  return { size, checksum, osHashAlgo, osHashValue, virtualSize: virtualSize === undefined ? data.virtualSize : virtualSize, diskFormat, containerFormat };
};

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
