import { constants, type KeyObject } from 'node:crypto';

/** What a key type of cursive asks of a certificate's key, and of the verification. */
export interface KeyType {
  fits(key: KeyObject): boolean;
  readonly options: { readonly padding?: number; readonly saltLength?: number };
}

// cursive signs with the longest salt, OpenSSL since 3.1 with one of the hash's length: the signature itself says which.
const pss: KeyType = {
  fits: ({ asymmetricKeyType }) => asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss',
  options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO },
};

const dsa: KeyType = { fits: ({ asymmetricKeyType }) => asymmetricKeyType === 'dsa', options: {} };

const onCurve = (curve: string): KeyType => ({
  fits: ({ asymmetricKeyType, asymmetricKeyDetails }) => asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === curve,
  options: {},
});

/** Curves of 384 bits and more. */
const CURVES = ['sect571k1', 'sect409k1', 'sect571r1', 'sect409r1', 'secp521r1', 'secp384r1'];

/** `img_signature_key_type`. */
export const KEY_TYPES: ReadonlyMap<string, KeyType> = new Map([
  ['RSA-PSS', pss],
  ['DSA', dsa],
  ...CURVES.map((curve): [string, KeyType] => [`ECC_${curve.toUpperCase()}`, onCurve(curve)]),
]);

/** `img_signature_hash_method`, and what node:crypto calls it. No weaker one: CVE-2015-8234. */
export const HASH_METHODS: ReadonlyMap<string, string> = new Map([
  ['SHA-224', 'sha224'], ['SHA-256', 'sha256'], ['SHA-384', 'sha384'], ['SHA-512', 'sha512'],
]);
