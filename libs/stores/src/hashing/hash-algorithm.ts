import { createHash, getHashes } from 'node:crypto';

export class UnknownHashAlgorithm extends Error {
  readonly code = 'UnknownHashAlgorithm';
  constructor(readonly algorithm: string) {
    super(`The hash algorithm "${algorithm}" is unknown here; known are ${known.join(', ')}.`);
  }
}

/** Python's hashlib, whose names Glance takes, calls these differently. */
const PYTHON_NAMES = new Map([['blake2b', 'blake2b512'], ['blake2s', 'blake2s256']]);

// Signature names are aliases of plain ones; shake has no length of its own, so hashlib cannot compute it by name alone.
const known = getHashes().filter((name) => !/rsa|shake|ssl3|^md5-sha1$/i.test(name));

/** The name that node:crypto uses. */
export function hashAlgorithm(name: string): string {
  const plain = name.toLowerCase().replaceAll('_', '-');
  const found = PYTHON_NAMES.get(plain) ?? plain;
  if (!known.includes(found)) throw new UnknownHashAlgorithm(name);
  return found;
}

/** Bytes of its digest. */
export const hashLength = (name: string): number => createHash(hashAlgorithm(name)).digest().length;
