import type { CacheFill } from './cache-fill.js';

/**
 * Hands a source's chunks on and writes them to the cache beside. The last chunk is handed on when the image is cached; a
 * cache that cannot be written is given up and the source goes on. Told once how it ended, with the reason where the
 * cache or the bytes are to blame.
 */
export function teed(source: AsyncIterable<Buffer>, fill: CacheFill, ended: (done: boolean, why?: string) => void): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => chunks(source, new Copy(fill, ended)) };
}

async function* chunks(source: AsyncIterable<Buffer>, copy: Copy): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) {
      await copy.take(chunk);
      yield chunk;
    }
  } finally {
    await copy.end();
  }
}

class Copy {
  private open = true;

  constructor(private readonly fill: CacheFill, private readonly ended: (done: boolean, why?: string) => void) {}

  async take(chunk: Buffer): Promise<void> {
    if (!this.open) return;
    try {
      await this.fill.write(chunk);
      if (this.fill.isWhole) await this.finish();
    } catch (error) {
      await this.giveUp(textOf(error));
    }
  }

  /** Also of an image without a byte, and where the client or the store has left in the middle. */
  async end(): Promise<void> {
    if (!this.open) return;
    if (this.fill.isWhole) await this.finish().catch((error: unknown) => this.giveUp(textOf(error)));
    else await this.giveUp();
  }

  private async finish(): Promise<void> {
    const done = await this.fill.finish();
    this.open = false;
    this.ended(done, done ? undefined : 'its bytes do not have the hash that they should have');
  }

  private async giveUp(why?: string): Promise<void> {
    this.open = false;
    await this.fill.abandon().catch(() => undefined);
    this.ended(false, why);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : 'its file cannot be written');
