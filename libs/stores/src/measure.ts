import { CountedSource } from './counted-source.js';
import type { GuardedStore } from './guarded-store.js';
import { hashAlgorithm } from './hashing/hash-algorithm.js';
import { hashing, onePass } from './one-pass.js';
import type { PutRequest, StoredData } from './store.js';

export interface MeasureRequest extends Pick<PutRequest, 'maxSize' | 'expectedSize' | 'hashAlgorithm' | 'signal' | 'inspect'> {
  /** Of the store. */
  readonly url: string;
}

/** Reads the data at a place once, and keeps nothing of it. Fails as reading does, and as `put` does for limits. */
export async function measure(store: GuardedStore, { url, ...request }: MeasureRequest): Promise<Omit<StoredData, 'url'>> {
  const algorithm = hashAlgorithm(request.hashAlgorithm);
  request.signal?.throwIfAborted();
  const source = new CountedSource(await store.read(url), store.id, request);
  try {
    const [checksum = '', osHashValue = checksum] = await onePass(source, { algorithms: algorithm === 'md5' ? ['md5'] : ['md5', algorithm] }, async () => undefined, hashing);
    return { size: source.size, checksum, osHashAlgo: request.hashAlgorithm, osHashValue };
  } finally {
    await source.close();
  }
}
