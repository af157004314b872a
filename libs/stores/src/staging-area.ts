import { link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GuardedStore } from './guarded-store.js';
import { listFiles } from './drivers/filesystem/list-files.js';
import type { Attempt, ByteRange, ListedObject, ListedPart, PutRequest, StoredData } from './store.js';
import { StoreUnavailable } from './stores.errors.js';

export interface StagingOptions {
  readonly store: GuardedStore;
  /** The store keeps images too: what is staged has names of its own there. */
  readonly shared: boolean;
  /** The only node that can read the bytes; absent: every one can. */
  readonly node?: string;
  /** Where files are worked on. */
  readonly workDir: string;
  /** A folder whose parent the operator made; not made here. */
  readonly parentOf?: string;
}

const SHARED = 'staged-';
const WORK = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.part$/;

/** Where bytes wait until they are imported: Glance's layout, `<folder>/<image id>`, or a store that every node reaches. */
export class StagingArea {
  readonly node: string | undefined;
  private readonly store: GuardedStore;

  constructor(private readonly options: StagingOptions) {
    this.store = options.store;
    this.node = options.node;
  }

  get id(): string {
    return this.store.id;
  }

  /** Like a store's; any attempt before this one left nothing that counts. */
  put(request: PutRequest): Promise<StoredData> {
    return this.store.put({ ...request, attempt: this.named(request.attempt) });
  }

  read(url: string, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    return this.store.read(url, range);
  }

  size(url: string): Promise<number> {
    return this.store.size(url);
  }

  remove(url: string): Promise<boolean> {
    return this.store.remove(url);
  }

  async discard(attempt: Attempt, unreferenced: boolean): Promise<void> {
    await this.store.discard(this.named(attempt), unreferenced);
    if (this.hasFolder) await rm(join(this.options.workDir, `${attempt.imageId}.${attempt.uploadId}.part`), { force: true });
  }

  /** What is staged, and what else lies in a folder of its own: `name` is an image's id where it is that image's. */
  async *list(): AsyncGenerator<ListedObject> {
    if (!(await this.isThere())) return;
    for await (const object of this.store.list()) {
      const name = this.imageOf(object.name);
      if (name !== undefined) yield { ...object, name };
    }
  }

  /** Unpublished bytes, and files that are worked on: those of processes that live, and of those that died. */
  async *parts(): AsyncGenerator<ListedPart> {
    if (!(await this.isThere())) return;
    for await (const part of this.store.parts()) {
      const imageId = this.imageOf(part.attempt.imageId);
      if (imageId !== undefined) yield { ...part, attempt: { ...part.attempt, imageId } };
    }
    if (this.hasFolder) yield* this.workFiles();
  }

  /** True where an object of that store, listed under this name, is a staged one. */
  holds(store: string, name: string): boolean {
    return this.options.shared && store === this.store.id && this.imageOf(name) !== undefined;
  }

  /** A folder of its own is made when something is staged. */
  private async isThere(): Promise<boolean> {
    return this.hasFolder || (await isFolder(this.options.workDir));
  }

  /** Beside the store. */
  private get hasFolder(): boolean {
    return this.options.shared || this.store.type !== 'file';
  }

  private imageOf(name: string): string | undefined {
    if (!this.options.shared) return name;
    return name.startsWith(SHARED) ? name.slice(SHARED.length) : undefined;
  }

  private async *workFiles(): AsyncGenerator<ListedPart> {
    if (!(await isFolder(this.options.workDir))) return;
    for await (const { path: _, ...file } of listFiles(this.options.workDir)) {
      const [, imageId, uploadId] = WORK.exec(file.name) ?? [];
      if (imageId && uploadId) yield { ...file, attempt: { imageId, uploadId } };
    }
  }

  /** The file that holds the bytes, where they are one of this node. */
  fileOf(url: string): string | undefined {
    return this.store.type === 'file' && !this.options.shared && this.store.owns(url) ? fileURLToPath(url) : undefined;
  }

  /**
   * A file of its own with the same bytes, for a tool that needs one; whoever wants to change it replaces it by another.
   * The caller removes it; what a dead process leaves is named like an attempt's unpublished bytes.
   */
  async workFile(url: string, { imageId, uploadId }: Attempt): Promise<string> {
    await mkdir(this.options.workDir, { recursive: true, mode: 0o750 });
    const path = join(this.options.workDir, `${imageId}.${uploadId}-work.part`);
    await rm(path, { force: true });
    const file = this.fileOf(url);
    if (file !== undefined && dirname(file) === this.options.workDir) await link(file, path);
    else await writeFile(path, await this.read(url), { mode: 0o640 });
    return path;
  }

  /** Fails where nothing could be staged. */
  async check(): Promise<void> {
    const { parentOf, store } = this.options;
    if (parentOf !== undefined) {
      const parent = dirname(parentOf);
      await stat(parent).catch((cause: unknown) => {
        throw new StoreUnavailable(store.id, `There is no folder ${parent} for the staging folder ${parentOf}: make it, or set node_staging_uri.`, { cause });
      });
    }
    await store.check();
  }

  private named({ imageId, uploadId }: Attempt): Attempt {
    return { imageId: this.options.shared ? `${SHARED}${imageId}` : imageId, uploadId };
  }
}

const isFolder = (path: string): Promise<boolean> => stat(path).then((found) => found.isDirectory(), () => false);
