import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { TestBarbican, type Token } from '../support/barbican.js';
import { ImageClient } from '../support/image-client.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';
import { Signer } from '../support/signing.js';

const ALICE: Token = 'token-of-alice';
const BOB: Token = 'token-of-bob';

const DATA = Buffer.alloc(5 * 1024 * 1024 + 3, 'a signed image ');
const TAMPERED = Buffer.concat([DATA.subarray(0, -1), Buffer.from('!')]);

describe('signed images, with their certificates in OpenStack\'s Barbican', () => {
  let barbican: TestBarbican;
  let server: Server;
  let client: ImageClient;
  let signer: Signer;
  let certificate: string;
  let properties: Record<string, string>;
  beforeAll(async () => {
    [barbican, signer] = await Promise.all([TestBarbican.start(), Signer.make('RSA-PSS')]);
    server = await Server.start({ conf: `[barbican]\nbarbican_endpoint = ${barbican.url}\n` });
    client = new ImageClient(server);
    certificate = await barbican.store({ name: 'signer', secret_type: 'certificate', payload: signer.pem, payload_content_type: 'text/plain' });
    properties = await signer.properties(DATA, certificate);
  }, 120_000);
  afterAll(() => Promise.all([server.dispose(), barbican.stop(), signer.dispose()]));

  const upload = async (changes: Record<string, string>, data = DATA, token: string | undefined = ALICE) => {
    const { id } = await client.create({ ...properties, ...changes });
    const answer = await client.put(id, data, token === undefined ? {} : { 'x-auth-token': token });
    return { id, status: answer.status, text: await answer.text(), image: await client.show(id), answer };
  };
  const nothingIsLeftOf = async (id: string) => expect((await readdir(server.imagesDir)).filter((name) => name.startsWith(id))).toEqual([]);

  it('are stored when their data is what was signed', async () => {
    expect(await upload({})).toMatchObject({ status: 204, image: { status: 'active', size: DATA.length, img_signature_certificate_uuid: certificate } });
  });

  it.each(['DSA', 'ECC_SECP384R1'])('are stored with keys of the type %s', async (keyType) => {
    const other = await Signer.make(keyType);
    const id = await barbican.store({ secret_type: 'certificate', payload: other.pem, payload_content_type: 'text/plain' });
    expect(await upload(await other.properties(DATA, id, 'SHA-512'))).toMatchObject({ status: 204, image: { status: 'active' } });
    await other.dispose();
  });

  it.each(['certificate', 'opaque'])('are stored with a certificate kept as DER in a secret of the type %s', async (type) => {
    const payload = signer.der.toString('base64');
    const id = await barbican.store({ secret_type: type, payload, payload_content_type: 'application/octet-stream', payload_content_encoding: 'base64' });
    expect(await upload({ img_signature_certificate_uuid: id })).toMatchObject({ status: 204, image: { status: 'active' } });
  });

  it('are refused when one byte is another: nothing is kept, and the right data may come', async () => {
    const { id, status, text, image } = await upload({}, TAMPERED);
    expect({ status, image }).toMatchObject({ status: 400, image: { status: 'queued', size: null, checksum: null } });
    expect(text).toContain('Signature verification failed');
    await nothingIsLeftOf(id);
    expect((await client.request(`/v2/images/${id}/file`)).status).toBe(204);
    expect((await client.put(id, DATA, { 'x-auth-token': ALICE })).status).toBe(204);
    expect(await client.show(id)).toMatchObject({ status: 'active' });
  });

  it('CVE-2015-8234: are refused with a signature over MD5', async () => {
    const { id, status, text, image } = await upload({ img_signature_hash_method: 'MD5', img_signature: await signer.sign(DATA, 'md5') });
    expect({ status, image }).toMatchObject({ status: 400, image: { status: 'queued' } });
    expect(text).toContain('img_signature_hash_method');
    await nothingIsLeftOf(id);
  });

  it('CVE-2015-8234: are not verified by the old signature over the image\'s checksum', async () => {
    const checksum = (await upload({})).image.checksum ?? '';
    const old = { signature: await signer.sign(Buffer.from(checksum)), signature_hash_method: 'SHA-256', signature_key_type: 'RSA-PSS', signature_certificate_uuid: certificate };
    expect(await upload({ ...old, img_signature: old.signature })).toMatchObject({ status: 400, image: { status: 'queued' } });
  });

  it.each([
    ['img_signature', 'no base64!'],
    ['img_signature_key_type', 'RSA-PKCS'],
    ['img_signature_key_type', 'DSA'],
    ['img_signature_certificate_uuid', '00000000-0000-4000-8000-000000000000'],
    ['img_signature_certificate_uuid', '../../v1/secrets'],
    ['img_signature_certificate_uuid', 'x\r\nhost: elsewhere'],
  ])('are refused with 400 that names %s when it is %j', async (property, value) => {
    const { id, status, text, image } = await upload({ [property]: value });
    expect({ status, image }).toMatchObject({ status: 400, image: { status: 'queued' } });
    expect(text).toContain(`${property}:`);
    await nothingIsLeftOf(id);
  });

  it('are refused when the certificate is no certificate, or a secret without payload', async () => {
    const text = await barbican.store({ payload: 'just a text', payload_content_type: 'text/plain' });
    const empty = await barbican.store({ name: 'to come' });
    expect(await upload({ img_signature_certificate_uuid: text })).toMatchObject({ status: 400, text: expect.stringContaining('not an X.509 certificate') });
    expect(await upload({ img_signature_certificate_uuid: empty })).toMatchObject({ status: 400, text: expect.stringContaining('no payload') });
  });

  it('are refused to those who may not read the certificate, each asked about with the token of his own', async () => {
    expect(await upload({}, DATA, BOB)).toMatchObject({ status: 400, text: expect.stringContaining('may not read it') });
    expect(await upload({}, DATA, 'unknown')).toMatchObject({ status: 400, text: expect.stringContaining('does not accept the token') });
    const without = await client.create(properties);
    expect((await client.put(without.id, DATA)).status).toBe(400);
  });

  it.each(['img_signature', 'img_signature_hash_method', 'img_signature_key_type', 'img_signature_certificate_uuid'])('are ordinary images without %s', async (missing) => {
    const { id } = await client.create(properties);
    await client.patch(id, [{ op: 'remove', path: `/${missing}` }]);
    expect((await client.put(id, TAMPERED)).status).toBe(204);
  });

  it('are told to come again while Barbican is away, without a word of where it is', async () => {
    const away = await TestBarbican.start();
    const other = await Server.start({ memory: true, conf: `[barbican]\nbarbican_endpoint = ${away.url}\n` });
    await away.stop();
    const { id } = await new ImageClient(other).create(properties);
    const answer = await new ImageClient(other).put(id, DATA, { 'x-auth-token': ALICE });
    expect({ status: answer.status, wait: answer.headers.get('retry-after') }).toEqual({ status: 503, wait: '5' });
    expect(await answer.text()).not.toContain('127.0.0.1');
    expect(await new ImageClient(other).show(id)).toMatchObject({ status: 'queued' });
    expect(other.output).toContain('ECONNREFUSED');
    await other.dispose();
  }, 60_000);

  it('are refused, saying what to configure, where no key manager is configured', async () => {
    const other = await Server.start({ memory: true });
    const { id } = await new ImageClient(other).create(properties);
    const answer = await new ImageClient(other).put(id, DATA, { 'x-auth-token': ALICE });
    expect({ status: answer.status, text: await answer.text() }).toMatchObject({ status: 400, text: expect.stringContaining('[barbican] barbican_endpoint') });
    expect(await new ImageClient(other).show(id)).toMatchObject({ status: 'queued' });
    await other.dispose();
  }, 60_000);

  it('are refused before their data is read', async () => {
    const { id } = await client.create({ ...properties, img_signature_key_type: 'DSA' });
    const put = request(`${server.url}/v2/images/${id}/file`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', 'x-auth-token': ALICE } });
    put.on('error', () => undefined).write('the first of many bytes');
    const [answer] = (await once(put, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(400);
    put.destroy();
  });

  it('leave no token in the log, nor in anything that is kept', async () => {
    const kept = (text: string) => run('grep', ['-raqF', text, server.stateDir]);
    expect((await kept(certificate)).code).toBe(0);
    for (const token of [ALICE, BOB]) {
      expect(server.output).not.toContain(token);
      expect((await kept(token)).code).toBe(1);
    }
  });

  describe('the encryption key of a deleted image', () => {
    const remove = async (image: Record<string, unknown>, token: string) => {
      const { id } = await client.create(image);
      expect((await client.request(`/v2/images/${id}`, { method: 'DELETE', headers: { 'x-auth-token': token } })).status).toBe(204);
    };
    const isThere = async (key: string) => (await fetch(`${barbican.url}/v1/secrets/${key}`, { headers: { 'x-auth-token': ALICE, accept: 'application/json' } })).status === 200;
    const encrypted = async (policy: string) => {
      const key = await barbican.store({ name: 'key of a volume', secret_type: 'opaque', payload: 'secret', payload_content_type: 'text/plain' });
      return { key, image: { cinder_encryption_key_id: key, cinder_encryption_key_deletion_policy: policy } };
    };

    it('goes with it, with the rights of who deletes it, where cinder_encryption_key_deletion_policy is on_image_deletion', async () => {
      const { key, image } = await encrypted('on_image_deletion');
      await remove(image, ALICE);
      expect(await isThere(key)).toBe(false);
    });

    it('stays with any other policy, and where who deletes the image may not delete it', async () => {
      const [kept, foreign] = [await encrypted('do_not_delete'), await encrypted('on_image_deletion')];
      await remove(kept.image, ALICE);
      await remove(foreign.image, BOB);
      expect([await isThere(kept.key), await isThere(foreign.key)]).toEqual([true, true]);
    });
  });
});
