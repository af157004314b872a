import { verify } from 'node:crypto';

/** What the data must be signed with to be stored. */
export interface DataSignature {
  /** The hash that was signed, by its name in node:crypto. */
  readonly algorithm: string;
  /** The public key in PEM: threads take it as text. */
  readonly key: string;
  /** Of RSA keys only: the constants of node:crypto. */
  readonly padding?: number;
  readonly saltLength?: number;
  readonly value: Uint8Array;
}

export class SignatureMismatch extends Error {
  readonly code = 'SignatureMismatch';
  constructor() {
    super('Signature verification failed: img_signature does not sign this data with the key of the certificate.');
  }
}

/** For data that is in memory anyway; threads verify what passes. */
export function checkSignature(bytes: Buffer, { algorithm, value, ...key }: DataSignature): void {
  if (!holds(() => verify(algorithm, bytes, key, value))) throw new SignatureMismatch();
}

/** What cannot be a signature of this key at all is none. */
function holds(verified: () => boolean): boolean {
  try {
    return verified();
  } catch {
    return false;
  }
}
