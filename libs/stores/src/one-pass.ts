import { createHash } from 'node:crypto';
import type { CountedSource } from './counted-source.js';
import { checkSignature, type DataSignature } from './hashing/data-signature.js';
import { HashThreads } from './hashing/hash-threads.js';
import { RingWriter } from './hashing/ring-writer.js';
import { Rings } from './hashing/rings.js';

/** What hashes the data of every store of this process. */
export interface Hashing {
  readonly threads: HashThreads;
  readonly rings: Rings;
}

export const hashing: Hashing = { threads: new HashThreads(), rings: new Rings() };

type Write = (chunk: Buffer) => Promise<void>;

/** What is computed of the data on its way. */
export interface Wanted {
  readonly algorithms: readonly string[];
  /** `SignatureMismatch` where it does not hold. */
  readonly signature?: DataSignature;
}

/** Up to this size a thread costs more than it saves. */
export const INLINE_LIMIT = 256 * 1024;

/** Writes every byte of the source once and answers its hashes, in hex and in order. */
export async function onePass(source: CountedSource, wanted: Wanted, write: Write, { threads, rings }: Hashing): Promise<string[]> {
  const head = Buffer.allocUnsafeSlow(INLINE_LIMIT);
  let filled = 0;
  let chunk = await source.next();
  for (; chunk && filled + chunk.length <= INLINE_LIMIT; chunk = await source.next()) filled += chunk.copy(head, filled);
  const start = head.subarray(0, filled);
  if (!chunk) return inline(start, wanted, write);

  const ring = rings.take();
  const hashes = wanted.algorithms.map((algorithm) => threads.open(algorithm, ring.memory));
  if (wanted.signature) hashes.push(threads.verify(wanted.signature, ring.memory));
  const writer = new RingWriter(ring, hashes, write, source.stop);
  try {
    await writer.add(start);
    for (; chunk; chunk = await source.next()) await writer.add(chunk);
    return await writer.finish();
  } finally {
    await writer.close();
    rings.giveBack(ring);
  }
}

async function inline(bytes: Buffer, { algorithms, signature }: Wanted, write: Write): Promise<string[]> {
  if (signature) checkSignature(bytes, signature);
  if (bytes.length > 0) await write(bytes);
  return algorithms.map((algorithm) => createHash(algorithm).update(bytes).digest('hex'));
}
