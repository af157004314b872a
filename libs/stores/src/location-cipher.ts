import { createCipheriv, createDecipheriv, randomBytes, randomInt } from 'node:crypto';

/** Keeps the URLs of locations from those who read the log or the database: `metadata_encryption_key`. */
export interface LocationCipher {
  encrypt(url: string): string;
  /** A text that was stored before there was a key comes back as it is. */
  decrypt(text: string): string;
}

export class LocationUnreadable extends Error {
  readonly code = 'LocationUnreadable';
  constructor() {
    super('A stored location cannot be decrypted: metadata_encryption_key is not the one that it was encrypted with.');
  }
}

const BLOCK = 16;
const CIPHERS = new Map([[16, 'aes-128-cbc'], [24, 'aes-192-cbc'], [32, 'aes-256-cbc']]);
const isUrl = (text: string) => /^[a-z][a-z0-9+.-]*:/i.test(text);

/** Glance's own format, so that its key and tools serve both: base64url of IV and AES-CBC; a NUL begins the padding. */
export function locationCipher(key?: string): LocationCipher {
  if (key === undefined || key === '') return { encrypt: (url) => url, decrypt: (text) => text };
  const bytes = Buffer.from(key);
  const cipher = CIPHERS.get(bytes.length);
  if (!cipher) throw new Error(`metadata_encryption_key must have 16, 24 or 32 bytes; it has ${bytes.length}.`);
  return {
    encrypt: (url) => encrypt(cipher, bytes, url),
    // The alphabet of base64url has no colon.
    decrypt: (text) => (isUrl(text) ? text : decrypt(cipher, bytes, text)),
  };
}

function encrypt(algorithm: string, key: Buffer, url: string): string {
  const text = Buffer.from(url);
  const padding = Buffer.from(Array.from({ length: BLOCK - (text.length % BLOCK) }, (_, i) => (i === 0 ? 0 : randomInt(1, 256))));
  const iv = randomBytes(BLOCK);
  const cipher = createCipheriv(algorithm, key, iv).setAutoPadding(false);
  const base64 = Buffer.concat([iv, cipher.update(text), cipher.update(padding), cipher.final()]).toString('base64');
  // Python's decoder wants the "=" that Node's base64url leaves out.
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

function decrypt(algorithm: string, key: Buffer, text: string): string {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < 2 * BLOCK || bytes.length % BLOCK !== 0) throw new LocationUnreadable();
  const cipher = createDecipheriv(algorithm, key, bytes.subarray(0, BLOCK)).setAutoPadding(false);
  const padded = Buffer.concat([cipher.update(bytes.subarray(BLOCK)), cipher.final()]);
  const url = padded.subarray(0, Math.max(0, padded.lastIndexOf(0))).toString();
  // There is no signature to check: with another key noise comes out.
  if (!isUrl(url)) throw new LocationUnreadable();
  return url;
}
