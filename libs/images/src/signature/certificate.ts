import { X509Certificate, type KeyObject } from 'node:crypto';

/** The key of the (first) certificate that a key manager keeps in PEM, DER, or either once more in base64. Undefined: it is none. */
export function certificateKey(stored: Buffer): KeyObject | undefined {
  return keyIn(stored) ?? keyIn(Buffer.from(stored.toString('latin1'), 'base64'));
}

function keyIn(bytes: Buffer): KeyObject | undefined {
  try {
    return new X509Certificate(bytes).publicKey;
  } catch {
    return undefined;
  }
}
