import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { GuardedStore } from './guarded-store.js';
import { listingContract } from './listing.contract.js';
import { bytesOf, contentOf, readingContract } from './reading.contract.js';
import { removalContract, type Use } from './removal.contract.js';
import type { PutRequest, StoreDriver } from './store.js';

const MIB = 1024 * 1024;

export interface StoreUnderTest {
  readonly driver: StoreDriver;
  /** Names of everything that the store holds now, finished or not. */
  objects(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

async function* inPieces(data: Buffer, piece = 64 * 1024): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += piece) yield data.subarray(at, at + piece);
}

/**
 * What every driver must do that takes data, through the guard that the service uses. A case fails when it leaves an object
 * behind.
 */
export function storeContract<S extends StoreUnderTest>(make: () => Promise<S>, use?: Use<S>): void {
  let under: S;
  let store: GuardedStore;
  let urls: string[];

  beforeEach(async () => {
    under = await make();
    store = new GuardedStore('under-test', under.driver);
    urls = [];
    await store.check();
  });
  afterEach(async () => {
    for (const url of urls) await store.remove(url);
    const left = await under.objects();
    await under.dispose();
    expect(left).toEqual([]);
  });

  let next = 0;
  const newAttempt = (imageId = `00000000-0000-4000-8000-${String((next += 1)).padStart(12, '0')}`) => ({ imageId, uploadId: crypto.randomUUID() });

  const request = (data: Buffer, more: Partial<PutRequest> = {}): PutRequest => ({
    attempt: newAttempt(), source: inPieces(data), maxSize: 64 * MIB, hashAlgorithm: 'sha512', mayReplace: async () => false, ...more,
  });
  const put = async (put: PutRequest) => {
    const stored = await store.put(put);
    urls.push(stored.url);
    return stored;
  };
  const refusal = (put: PutRequest) => store.put(put).then(() => 'stored', (error: unknown) => error);

  it.each([0, 1, 4095, 4096, 4097, 256 * 1024, 256 * 1024 + 1, MIB - 1, MIB, MIB + 1, 20 * MIB])('gives back %i bytes with their size and hashes', async (size) => {
    const data = bytesOf(size);
    const stored = await put(request(data));
    expect(stored).toMatchObject({
      size, osHashAlgo: 'sha512', checksum: createHash('md5').update(data).digest('hex'), osHashValue: createHash('sha512').update(data).digest('hex'),
    });
    expect((await contentOf(await store.read(stored.url))).equals(data)).toBe(true);
    expect(await store.size(stored.url)).toBe(size);
  });

  describe('as a store to read from', () => readingContract(async () => {
    const under = await make();
    const store = new GuardedStore('under-test', under.driver);
    await store.check();
    const urls: string[] = [];
    const place = async (data: Buffer) => {
      const { url } = await store.put(request(data));
      urls.push(url);
      return url;
    };
    const missing = async () => {
      const url = await place(bytesOf(1));
      await store.remove(url);
      return url;
    };
    const dispose = async () => {
      for (const url of urls) await store.remove(url);
      const left = await under.objects();
      await under.dispose();
      expect(left).toEqual([]);
    };
    return { driver: under.driver, place, missing, dispose };
  }));

  describe('as a store to remove from', () => removalContract(make, use));

  it('hashes once where the algorithm is md5', async () => {
    const data = bytesOf(2 * MIB);
    const stored = await put(request(data, { hashAlgorithm: 'md5' }));
    expect(stored.osHashValue).toBe(stored.checksum);
  });

  it('keeps attempts at different images apart when they run at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_, i) => put(request(bytesOf(300_000 + i)))));
    for (const [i, { url }] of all.entries()) expect((await contentOf(await store.read(url))).equals(bytesOf(300_000 + i))).toBe(true);
  });

  it('refuses to publish over data that stands there', async () => {
    const first = request(bytesOf(10));
    const { url } = await put(first);
    expect(await refusal(request(bytesOf(20), { attempt: newAttempt(first.attempt.imageId) }))).toMatchObject({ code: 'DataExists' });
    expect(await store.size(url)).toBe(10);
  });

  it('replaces a leftover when it may', async () => {
    const first = request(bytesOf(10));
    await put(first);
    const { url } = await put(request(bytesOf(20), { attempt: newAttempt(first.attempt.imageId), mayReplace: async () => true }));
    expect(await store.size(url)).toBe(20);
  });

  it.each([
    ['more bytes than allowed', { maxSize: MIB }, 'ImageTooLarge'],
    ['an announced size over the cap', { maxSize: 10, expectedSize: 11 }, 'ImageTooLarge'],
    ['fewer bytes than announced', { expectedSize: 4 * MIB }, 'SizeMismatch'],
    ['more bytes than announced', { expectedSize: 1000 }, 'SizeMismatch'],
  ])('refuses %s and keeps nothing', async (_what, more, code) => {
    expect(await refusal(request(bytesOf(3 * MIB), more))).toMatchObject({ code });
  });

  it('closes a source that is not read to its end', async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield bytesOf(MIB);
      } finally {
        closed = true;
      }
    }
    await refusal(request(bytesOf(0), { source: source(), maxSize: 2 * MIB }));
    expect(closed).toBe(true);
  });

  it.each([0, 1, 5])('keeps nothing of a source that fails after %i MiB', async (mibs) => {
    const failure = new Error('the client left');
    async function* source() {
      for (let i = 0; i < mibs; i += 1) yield bytesOf(MIB);
      throw failure;
    }
    expect(await refusal(request(bytesOf(0), { source: source() }))).toBe(failure);
  });

  it.each([0, 1, 5])('gives up at once when aborted after %i MiB, though the source hangs', async (mibs) => {
    const control = new AbortController();
    const reason = new Error('stop');
    async function* source() {
      for (let i = 0; i < mibs; i += 1) yield bytesOf(MIB);
      setTimeout(() => control.abort(reason), 5);
      await new Promise(() => undefined);
    }
    expect(await refusal(request(bytesOf(0), { source: source(), signal: control.signal }))).toBe(reason);
  });

  it('keeps nothing when it is aborted before it starts', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    expect(await refusal(request(bytesOf(MIB), { signal }))).toBe(signal.reason);
  });

  it('keeps nothing when it is aborted while it publishes over a leftover', async () => {
    const first = request(bytesOf(10));
    await put(first);
    const control = new AbortController();
    const mayReplace = async () => {
      control.abort(new Error('stop'));
      return true;
    };
    const second = request(bytesOf(20), { attempt: newAttempt(first.attempt.imageId), mayReplace, signal: control.signal });
    expect(await refusal(second)).toBe(control.signal.reason);
    expect(await under.objects()).toEqual([]);
  });

  it('keeps nothing when whether it may replace cannot be said', async () => {
    const first = request(bytesOf(10));
    const { url } = await put(first);
    const failure = new Error('the lease is lost');
    const mayReplace = () => Promise.reject(failure);
    expect(await refusal(request(bytesOf(20), { attempt: newAttempt(first.attempt.imageId), mayReplace }))).toBe(failure);
    expect(await store.size(url)).toBe(10);
  });

  it('keeps nothing of data that the inspection refuses', async () => {
    const failure = new Error('not a qcow2 image');
    const inspect = (chunk: Buffer) => {
      if (chunk.length > 0) throw failure;
    };
    expect(await refusal(request(bytesOf(MIB), { inspect }))).toBe(failure);
  });

  it.each([0, 1, 3 * MIB])('asks once at the end of %i bytes, and keeps nothing of data that is refused then', async (size) => {
    const failure = new Error('not a whole image');
    const asked: number[] = [];
    const atEnd = (seen: number) => {
      asked.push(seen);
      throw failure;
    };
    expect(await refusal(request(bytesOf(size), { atEnd }))).toBe(failure);
    expect(asked).toEqual([size]);
  });

  it('asks at the end only after every byte was inspected, and not when the size is wrong', async () => {
    const seen: string[] = [];
    let inspected = 0;
    const more = { inspect: (chunk: Buffer) => void (inspected += chunk.length), atEnd: (size: number) => void seen.push(`${size} of ${inspected}`) };
    await put(request(bytesOf(MIB), more));
    expect(await refusal(request(bytesOf(MIB), { ...more, expectedSize: 2 * MIB }))).toMatchObject({ code: 'SizeMismatch' });
    expect(seen).toEqual([`${MIB} of ${MIB}`]);
  });

  it('lets one of two attempts at one image win and leaves the bytes of that one', async () => {
    const { imageId } = newAttempt();
    const sizes = [2 * MIB, 3 * MIB];
    const ends = await Promise.allSettled(sizes.map((size) => put(request(bytesOf(size), { attempt: newAttempt(imageId) }))));
    const won = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    expect(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []))).toEqual(['DataExists']);
    expect((await contentOf(await store.read(won[0]?.url ?? ''))).length).toBe(won[0]?.size);
  });

  it('takes bytes from a source that uses its memory again', async () => {
    const memory = Buffer.alloc(100_000);
    async function* source() {
      for (let i = 0; i < 20; i += 1) yield memory.fill(i);
    }
    const { url } = await put(request(bytesOf(0), { source: source() }));
    const expected = Buffer.concat(Array.from({ length: 20 }, (_, i) => Buffer.alloc(100_000, i)));
    expect((await contentOf(await store.read(url))).equals(expected)).toBe(true);
  });

  it.each(['../x', 'a/b', 'a.b', ''])('refuses to write for an image named %p', async (imageId) => {
    expect(await refusal(request(bytesOf(1), { attempt: newAttempt(imageId) }))).toMatchObject({ code: 'BadLocation' });
  });

  it.each([1000, 2 * MIB])('stores %i bytes that are signed, and keeps nothing of others', async (size) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    const data = bytesOf(size);
    const key = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const signature = { algorithm: 'sha256', key, value: sign('sha256', data, privateKey) };
    expect(await put(request(data, { signature }))).toMatchObject({ size, checksum: createHash('md5').update(data).digest('hex') });
    expect(await refusal(request(bytesOf(size + 1), { signature }))).toMatchObject({ code: 'SignatureMismatch' });
  });

  it('refuses a hash that it cannot compute, and names it', async () => {
    expect(await refusal(request(bytesOf(1), { hashAlgorithm: 'sha7' }))).toMatchObject({ code: 'UnknownHashAlgorithm', algorithm: 'sha7' });
  });

  describe('as a store that is listed', () => listingContract(make));

  it('is harmless to abort twice', async () => {
    const writer = await under.driver.begin(newAttempt());
    await writer.write(bytesOf(10));
    await writer.abort();
    await writer.abort();
  });

  it('discards what an attempt of a dead process left unpublished', async () => {
    const attempt = newAttempt();
    const writer = await under.driver.begin(attempt);
    await store.discard(attempt, false);
    expect(await under.objects()).toEqual([]);
    await writer.abort();
  });

  it('discards what an attempt of a dead process published, only where no event knows of it', async () => {
    const dead = request(bytesOf(10));
    const { url } = await put(dead);
    await store.discard(dead.attempt, false);
    expect(await store.size(url)).toBe(10);
    await store.discard(dead.attempt, true);
    await expect(store.size(url)).rejects.toMatchObject({ code: 'DataNotFound' });
  });
}
