import type { Attempt, AttemptWriter, ByteRange, ListedObject, ListedPart, StoreDriver } from '../../store.js';
import { BadLocation, DataExists, DataNotFound } from '../../stores.errors.js';

const PREFIX = 'memory://';
const bytesIn = (chunks: readonly Buffer[]) => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
const nameOf = ({ imageId, uploadId }: Attempt) => `${imageId}.${uploadId}`;

/** Image bytes in this process's memory: for tests and demonstrations, gone at its end. */
export class MemoryStore implements StoreDriver {
  readonly type = 'memory';
  readonly schemes = ['memory'];
  readonly readOnly = false;
  private readonly published = new Map<string, readonly Buffer[]>();
  private readonly unpublished = new Map<string, { readonly attempt: Attempt; readonly chunks: Buffer[] }>();
  private readonly times = new WeakMap<readonly Buffer[], Date>();

  constructor(private readonly id: string) {}

  async check(): Promise<void> {}

  owns(url: string): boolean {
    return url.startsWith(PREFIX) && /^[A-Za-z0-9_-]+$/.test(url.slice(PREFIX.length));
  }

  async begin(attempt: Attempt): Promise<AttemptWriter> {
    const name = nameOf(attempt);
    if (this.unpublished.has(name)) throw new DataExists(this.id, `The attempt ${name} has begun already.`);
    const chunks: Buffer[] = [];
    this.unpublished.set(name, { attempt, chunks });
    this.times.set(chunks, new Date());
    return {
      write: async (chunk) => void chunks.push(Buffer.from(chunk)),
      publish: (mayReplace) => this.publish(attempt, chunks, mayReplace),
      abort: async () => {
        this.unpublished.delete(name);
        if (this.published.get(attempt.imageId) === chunks) this.published.delete(attempt.imageId);
      },
    };
  }

  private async publish(attempt: Attempt, chunks: Buffer[], mayReplace: () => Promise<boolean>): Promise<string> {
    const { imageId } = attempt;
    const found = this.published.get(imageId);
    if (found && (await mayReplace()) && this.published.get(imageId) === found) this.published.delete(imageId);
    if (this.published.has(imageId)) throw new DataExists(this.id, `There is data of image ${imageId} already.`);
    this.published.set(imageId, chunks);
    this.unpublished.delete(nameOf(attempt));
    return `${PREFIX}${imageId}`;
  }

  async read(url: string, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    return slices(this.chunksAt(url), range ?? { start: 0, end: Infinity });
  }

  async size(url: string): Promise<number> {
    return bytesIn(this.chunksAt(url));
  }

  async assertRemovable(url: string): Promise<void> {
    this.imageAt(url);
  }

  async remove(url: string): Promise<boolean> {
    return this.published.delete(this.imageAt(url));
  }

  async *list(): AsyncGenerator<ListedObject> {
    for (const [name, chunks] of this.published) yield { ...this.listed(name, chunks), url: `${PREFIX}${name}` };
  }

  async *parts(): AsyncGenerator<ListedPart> {
    for (const [name, { attempt, chunks }] of this.unpublished) yield { ...this.listed(name, chunks), attempt };
  }

  private listed(name: string, chunks: readonly Buffer[]): Omit<ListedObject, 'url'> {
    return { name, size: bytesIn(chunks), modifiedAt: this.times.get(chunks) ?? new Date() };
  }

  async discard(attempt: Attempt, unreferenced: boolean): Promise<void> {
    this.unpublished.delete(nameOf(attempt));
    if (unreferenced) this.published.delete(attempt.imageId);
  }

  /** Every name there is, of published and unpublished data. */
  names(): string[] {
    return [...this.published.keys(), ...this.unpublished.keys()];
  }

  private imageAt(url: string): string {
    if (!this.owns(url)) throw new BadLocation(this.id, 'The location is not one of this store.');
    return url.slice(PREFIX.length);
  }

  private chunksAt(url: string): readonly Buffer[] {
    const imageId = this.imageAt(url);
    const chunks = this.published.get(imageId);
    if (!chunks) throw new DataNotFound(this.id, `There is no data of image ${imageId}.`);
    return chunks;
  }
}

async function* slices(chunks: readonly Buffer[], { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let offset = 0;
  for (const chunk of chunks) {
    const slice = chunk.subarray(Math.max(0, start - offset), Math.max(0, end + 1 - offset));
    offset += chunk.length;
    if (slice.length > 0) yield slice;
  }
}
