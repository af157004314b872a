import { createHash } from 'node:crypto';
import { HashThreads } from './hash-threads.js';

const memoryOf = (text: string) => {
  const memory = new SharedArrayBuffer(text.length);
  Buffer.from(memory).write(text);
  return memory;
};
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('hash threads', () => {
  let threads: HashThreads;
  beforeEach(() => (threads = new HashThreads(2)));
  afterEach(() => threads.stop());

  it('keep many hashes apart on few threads', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
    const hashes = texts.map((text) => threads.open('sha256', memoryOf(text)));
    for (const [i, hash] of hashes.entries()) await hash.update(0, texts[i]?.length ?? 0);
    expect(await Promise.all(hashes.map((hash) => hash.finish()))).toEqual(texts.map(digest));
  });

  it('fail the hashes that were open when a thread ends, and serve the next ones', async () => {
    const lost = threads.open('sha256', memoryOf('lost'));
    await lost.update(0, 4);
    await threads.stop();
    await expect(lost.finish()).rejects.toThrow('ended unexpectedly');
    const next = threads.open('sha256', memoryOf('next'));
    await next.update(0, 4);
    expect(await next.finish()).toBe(digest('next'));
  });

  it('fail only the hash on the thread that crashed', async () => {
    const crashing = threads.open('no such algorithm', memoryOf('x'));
    const other = threads.open('sha256', memoryOf('fine'));
    await expect(crashing.update(0, 1)).rejects.toThrow('ended unexpectedly');
    await other.update(0, 4);
    expect(await other.finish()).toBe(digest('fine'));
  });
});
