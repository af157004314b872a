import { CertificateRefused, KeyManagerUnavailable, type Credentials, type KeyManager } from '#access';
import { Stores } from '#stores';
import { Signer } from '../../../../test/support/signing.js';
import { HASH_METHODS, KEY_TYPES } from './key-types.js';
import { SignatureVerifier } from './signature-verifier.js';

const CERTIFICATE = '5f1b1a0e-0000-4000-8000-000000000001';
/** One is hashed where it is, the other on threads. */
const SMALL = Buffer.from('the bytes of an image');
const LARGE = Buffer.alloc(3 * 1024 * 1024 + 7, 'image');

class Safe implements KeyManager {
  readonly asked: { credentials: Credentials; id: string }[] = [];
  constructor(private readonly kept: Buffer | Error) {}

  async certificate(credentials: Credentials, id: string): Promise<Buffer> {
    this.asked.push({ credentials, id });
    if (this.kept instanceof Error) throw this.kept;
    return this.kept;
  }

  deleteKey(): Promise<void> {
    throw new Error('nobody asked for that');
  }
}

const { default: store } = new Stores([{ id: 'memory', type: 'memory' }], 'memory');
const refusal = (work: Promise<unknown>) => work.then(() => 'stored', (error: unknown) => error);

/** Stores the data of an image with these properties. */
async function upload(data: Buffer, properties: Record<string, string>, keys: KeyManager): Promise<string> {
  const signature = await new SignatureVerifier(keys).prepare(properties, { token: 'secret' });
  const { url } = await store.put({
    attempt: { imageId: crypto.randomUUID(), uploadId: crypto.randomUUID() },
    source: (async function* () { yield data; })(), maxSize: 1e9, hashAlgorithm: 'sha512', mayReplace: async () => false, signature,
  });
  await store.remove(url);
  return signature ? 'verified' : 'not signed';
}

describe.each([...KEY_TYPES.keys()])('an image signed with a key of the type %s', (keyType) => {
  let signer: Signer;
  let keys: Safe;
  beforeAll(async () => {
    signer = await Signer.make(keyType);
    keys = new Safe(Buffer.from(signer.pem));
  }, 60_000);
  afterAll(() => signer.dispose());

  it.each([['small', SMALL], ['large', LARGE]])('is stored when its %s data is what was signed', async (_, data) => {
    expect(await upload(data, await signer.properties(data, CERTIFICATE), keys)).toBe('verified');
    expect(keys.asked.at(-1)).toEqual({ credentials: { token: 'secret' }, id: CERTIFICATE });
  });

  it.each([['small', SMALL], ['large', LARGE]])('is refused when one bit of its %s data is another', async (_, data) => {
    const properties = await signer.properties(data, CERTIFICATE);
    const tampered = Buffer.from(data);
    tampered.writeUInt8(tampered.readUInt8(data.length - 1) ^ 1, data.length - 1);
    expect(await refusal(upload(tampered, properties, keys))).toMatchObject({ code: 'SignatureMismatch' });
  });

  it.each([...HASH_METHODS.keys()])('is stored with %s, and refused when another was signed', async (hash) => {
    const properties = await signer.properties(LARGE, CERTIFICATE, hash);
    expect(await upload(LARGE, properties, keys)).toBe('verified');
    const other = hash === 'SHA-512' ? 'SHA-384' : 'SHA-512';
    expect(await refusal(upload(LARGE, { ...properties, img_signature_hash_method: other }, keys))).toMatchObject({ code: 'SignatureMismatch' });
  });

  it.each([['small', SMALL], ['large', LARGE]])('is refused with its %s data when img_signature is base64, but no signature', async (_, data) => {
    const properties = { ...(await signer.properties(data, CERTIFICATE)), img_signature: Buffer.from('no signature').toString('base64') };
    expect(await refusal(upload(data, properties, keys))).toMatchObject({ code: 'SignatureMismatch' });
  });
});

describe('a signature', () => {
  let signer: Signer;
  let properties: Record<string, string>;
  let keys: Safe;
  beforeAll(async () => {
    signer = await Signer.make('RSA-PSS');
    properties = await signer.properties(SMALL, CERTIFICATE);
  }, 60_000);
  beforeEach(() => (keys = new Safe(Buffer.from(signer.pem))));
  afterAll(() => signer.dispose());

  it.each(['max', 'digest', '20', '0'])('holds with a salt of the length %s', async (salt) => {
    expect(await upload(SMALL, { ...properties, img_signature: await signer.sign(SMALL, 'sha256', salt) }, keys)).toBe('verified');
  });

  it.each(['img_signature', 'img_signature_hash_method', 'img_signature_key_type', 'img_signature_certificate_uuid'])('is not looked at without %s', async (missing) => {
    const { [missing]: _, ...others } = properties;
    expect(await upload(Buffer.from('anything'), others, keys)).toBe('not signed');
    expect(keys.asked).toEqual([]);
  });

  it.each(['MD5', 'SHA-1', 'sha-256', 'SHA256', '', 'constructor'])('CVE-2015-8234: over the hash %j is refused before anybody is asked', async (method) => {
    expect(await refusal(upload(SMALL, { ...properties, img_signature_hash_method: method }, keys))).toMatchObject({
      code: 'SignatureUnusable', property: 'img_signature_hash_method', message: expect.stringContaining('img_signature_hash_method'),
    });
    expect(keys.asked).toEqual([]);
  });

  it.each(['RSA', 'rsa-pss', 'ECC_SECP256R1', 'ECC_PRIME256V1', '', '__proto__'])('of the key type %j is refused', async (type) => {
    expect(await refusal(upload(SMALL, { ...properties, img_signature_key_type: type }, keys))).toMatchObject({
      code: 'SignatureUnusable', property: 'img_signature_key_type', message: expect.stringContaining('RSA-PSS, DSA, ECC_SECT571K1'),
    });
  });

  it.each(['', '====', 'abc', 'a*cd', 'a-_=', 'ab=c', '\u0000\u0000\u0000\u0000'])('that is %j, no base64, is refused', async (value) => {
    expect(await refusal(upload(SMALL, { ...properties, img_signature: value }, keys))).toMatchObject({ code: 'SignatureUnusable', property: 'img_signature' });
  });

  it('is refused when the certificate has another key than the image says', async () => {
    for (const [says, has] of [['DSA', 'RSA-PSS'], ['RSA-PSS', 'ECC_SECP384R1'], ['ECC_SECP521R1', 'ECC_SECP384R1'], ['ECC_SECP384R1', 'ECC_PRIME256V1']]) {
      const other = await Signer.make(has ?? '');
      expect(await refusal(upload(SMALL, { ...properties, img_signature_key_type: says ?? '' }, new Safe(Buffer.from(other.pem))))).toMatchObject({
        code: 'SignatureUnusable', property: 'img_signature_key_type',
      });
      await other.dispose();
    }
  });

  it('is refused when the certificate is that of somebody else', async () => {
    const other = await Signer.make('RSA-PSS');
    expect(await refusal(upload(SMALL, properties, new Safe(Buffer.from(other.pem))))).toMatchObject({ code: 'SignatureMismatch' });
    await other.dispose();
  });

  it('holds with the certificate in PEM, in DER and in base64 of either', async () => {
    const { pem, der } = signer;
    for (const kept of [pem, `a comment\n${pem}`, der, der.toString('base64'), Buffer.from(pem).toString('base64')]) {
      expect(await upload(SMALL, properties, new Safe(Buffer.from(kept)))).toBe('verified');
    }
  });

  it('is refused, naming the property, when what is kept is no certificate', async () => {
    for (const kept of ['', 'secret text', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', signer.pem.slice(0, 200)]) {
      expect(await refusal(upload(SMALL, properties, new Safe(Buffer.from(kept))))).toMatchObject({
        code: 'SignatureUnusable', property: 'img_signature_certificate_uuid',
      });
    }
  });

  it('is refused, naming the property, when the certificate cannot be had', async () => {
    const none = new Safe(new CertificateRefused(CERTIFICATE, 'there is none.'));
    expect(await refusal(upload(SMALL, properties, none))).toMatchObject({ code: 'SignatureUnusable', property: 'img_signature_certificate_uuid' });
  });

  it('can be tried again when the key manager is not available', async () => {
    const away = new Safe(new KeyManagerUnavailable('it is away'));
    expect(await refusal(upload(SMALL, properties, away))).toMatchObject({ code: 'KeyManagerUnavailable', headers: { 'retry-after': '5' } });
  });

  it('holds after its certificate expired, as in Glance', async () => {
    const old = await Signer.make('RSA-PSS', { expired: true });
    expect(await upload(SMALL, await old.properties(SMALL, CERTIFICATE), new Safe(Buffer.from(old.pem)))).toBe('verified');
    await old.dispose();
  });
});
