import { HASH_METHODS, KEY_TYPES, type KeyType } from './key-types.js';
import { SignatureUnusable } from './signature.errors.js';

export const SIGNATURE = 'img_signature';
export const HASH_METHOD = 'img_signature_hash_method';
export const KEY_TYPE = 'img_signature_key_type';
export const CERTIFICATE = 'img_signature_certificate_uuid';

/** What an image says of its signature. */
export interface ClaimedSignature {
  readonly value: Buffer;
  /** By its name in node:crypto. */
  readonly algorithm: string;
  readonly keyType: KeyType;
  readonly keyTypeName: string;
  readonly certificateId: string;
}

/** Nobody claims a signature unless all four properties are there. */
export const claimsSignature = (properties: Readonly<Record<string, string>>): boolean =>
  [SIGNATURE, HASH_METHOD, KEY_TYPE, CERTIFICATE].every((name) => properties[name] !== undefined);

/** Undefined unless all four properties are there: then nobody claims a signature. */
export function claimedSignature(properties: Readonly<Record<string, string>>): ClaimedSignature | undefined {
  const { [SIGNATURE]: value, [HASH_METHOD]: method, [KEY_TYPE]: keyTypeName, [CERTIFICATE]: certificateId } = properties;
  if (value === undefined || method === undefined || keyTypeName === undefined || certificateId === undefined) return undefined;
  const algorithm = HASH_METHODS.get(method);
  if (algorithm === undefined) throw unknown(HASH_METHOD, method, HASH_METHODS);
  const keyType = KEY_TYPES.get(keyTypeName);
  if (keyType === undefined) throw unknown(KEY_TYPE, keyTypeName, KEY_TYPES);
  return { value: decoded(value), algorithm, keyType, keyTypeName, certificateId };
}

const unknown = (property: string, value: string, known: ReadonlyMap<string, unknown>): SignatureUnusable =>
  new SignatureUnusable(property, `${JSON.stringify(value)} is not served; allowed: ${[...known.keys()].join(', ')}.`);

/** Line breaks, as the command base64 puts them, are none of the data. */
function decoded(text: string): Buffer {
  const digits = text.replace(/\s/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) {
    throw new SignatureUnusable(SIGNATURE, 'the signature is not properly encoded in base64.');
  }
  return Buffer.from(digits, 'base64');
}
