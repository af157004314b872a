import { CountedSource } from './counted-source.js';
import { hashAlgorithm } from './hashing/hash-algorithm.js';
import { hashing, onePass, type Hashing } from './one-pass.js';
import { step } from './step.js';
import type { Attempt, AttemptWriter, ByteRange, ListedObject, ListedPart, PutRequest, StoreDriver, StoredData } from './store.js';
import { BadLocation, DataTooLarge, StoreReadOnly } from './stores.errors.js';

export interface StoreLabel {
  readonly description?: string;
  /** Where several stores hold an image, the heaviest is asked first. */
  readonly weight?: number;
  /** What operators and services are told of it; no secret among it. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** No dot, no slash: an id becomes part of a name on the store, where a dot ends it. */
const SAFE_ID = /^[A-Za-z0-9_-]{1,100}$/;

/** A driver with what every store must do alike: one pass that counts, caps and hashes, and nothing left of a failure. */
export class GuardedStore {
  readonly description: string;
  readonly weight: number;
  readonly properties: Readonly<Record<string, unknown>>;

  /** The id is the operator's name for it: errors, events and answers carry it. */
  constructor(
    readonly id: string,
    private readonly driver: StoreDriver,
    { description = '', weight = 0, properties = {} }: StoreLabel = {},
    private readonly engine: Hashing = hashing,
  ) {
    this.description = description;
    this.weight = weight;
    this.properties = properties;
  }

  get type(): string {
    return this.driver.type;
  }

  get schemes(): readonly string[] {
    return this.driver.schemes;
  }

  get readOnly(): boolean {
    return this.driver.readOnly;
  }

  owns(url: string): boolean {
    return this.driver.owns(url);
  }

  /** Resolves when the data is durable under the image's name. Rejects when nothing of the attempt is left. */
  async put(request: PutRequest): Promise<StoredData> {
    const source = new CountedSource(request.source, this.id, request);
    try {
      return await this.store(source, request);
    } finally {
      await source.close();
    }
  }

  private async store(source: CountedSource, request: PutRequest): Promise<StoredData> {
    const algorithm = hashAlgorithm(request.hashAlgorithm);
    this.checkAttempt(request.attempt);
    if (this.readOnly) throw new StoreReadOnly(this.id, `The store ${this.id} takes no data.`);
    if ((request.expectedSize ?? 0) > request.maxSize) throw new DataTooLarge(this.id, request.maxSize);
    source.throwIfStopped();
    this.tell('begin');
    const writer = await this.driver.begin(request.attempt, request.expectedSize);
    try {
      const [checksum = '', osHashValue = checksum] = await onePass(
        source,
        { algorithms: algorithm === 'md5' ? ['md5'] : ['md5', algorithm], signature: request.signature },
        (chunk) => {
          this.tell('write');
          return writer.write(chunk);
        },
        this.engine,
      );
      source.throwIfStopped();
      this.tell('publish');
      const url = await writer.publish(request.mayReplace);
      this.tell('published');
      source.throwIfStopped();
      return { url, size: source.size, checksum, osHashAlgo: request.hashAlgorithm, osHashValue };
    } catch (error) {
      await this.abort(writer);
      throw error;
    }
  }

  // The first error is the one to tell; what could not be removed is a leftover that `parts` shows.
  private async abort(writer: AttemptWriter): Promise<void> {
    this.tell('abort');
    await writer.abort().catch(() => undefined);
  }

  private checkAttempt({ imageId, uploadId }: Attempt): void {
    for (const id of [imageId, uploadId]) {
      if (!SAFE_ID.test(id)) throw new BadLocation(this.id, `${JSON.stringify(id)} cannot be part of a name on a store.`);
    }
  }

  read(url: string, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    this.tell('read');
    return this.driver.read(url, range);
  }

  size(url: string): Promise<number> {
    return this.driver.size(url);
  }

  assertRemovable(url: string): Promise<void> {
    return this.driver.assertRemovable(url);
  }

  remove(url: string): Promise<boolean> {
    this.tell('remove');
    return this.driver.remove(url);
  }

  list(): AsyncIterable<ListedObject> {
    return this.driver.list();
  }

  parts(): AsyncIterable<ListedPart> {
    return this.driver.parts();
  }

  async discard(attempt: Attempt, unreferenced: boolean): Promise<void> {
    this.checkAttempt(attempt);
    this.tell('discard');
    await this.driver.discard(attempt, unreferenced);
  }

  check(): Promise<void> {
    return this.driver.check();
  }

  private tell(call: string): void {
    step(`store ${this.id} ${call}`);
  }
}
