import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './run.js';

/** What `openssl req -newkey` makes for a key type of signed images. */
const NEW_KEY: Readonly<Record<string, readonly string[]>> = {
  'RSA-PSS': ['rsa:2048'],
  ...Object.fromEntries(
    ['sect571k1', 'sect409k1', 'sect571r1', 'sect409r1', 'secp521r1', 'secp384r1', 'prime256v1'].map((curve) => [
      `ECC_${curve.toUpperCase()}`, ['ec', '-pkeyopt', `ec_paramgen_curve:${curve}`],
    ]),
  ),
};

/** Self-signed, of a year long gone. */
const EXPIRED = `[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
`;

/** Signs as users of signed images do: with the openssl command. */
export class Signer {
  private constructor(readonly keyType: string, private readonly folder: string, readonly pem: string) {}

  static async make(keyType: string, { expired = false } = {}): Promise<Signer> {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-signer-'));
    const openssl = (...args: string[]) => succeed('openssl', args, { cwd: folder });
    if (keyType === 'DSA') await openssl('dsaparam', '-out', 'parameters', '1024');
    const key = keyType === 'DSA' ? ['dsa:parameters'] : (NEW_KEY[keyType] ?? []);
    const subject = ['-nodes', '-keyout', 'key', '-subj', '/CN=signer'];
    if (!expired) return new Signer(keyType, folder, await openssl('req', '-x509', '-newkey', ...key, ...subject));
    await openssl('req', '-new', '-newkey', ...key, ...subject, '-out', 'request');
    await Promise.all(Object.entries({ 'ca.conf': EXPIRED, 'index.txt': '', serial: '01' }).map(([name, text]) => writeFile(join(folder, name), text)));
    const dates = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
    const pem = await openssl('ca', '-batch', '-notext', '-selfsign', '-config', 'ca.conf', '-keyfile', 'key', '-in', 'request', ...dates);
    return new Signer(keyType, folder, pem);
  }

  get der(): Buffer {
    return new X509Certificate(this.pem).raw;
  }

  /** In base64, broken into lines as the command base64 does. `salt`: openssl's rsa_pss_saltlen. */
  async sign(data: Buffer, hash = 'sha256', salt = 'max'): Promise<string> {
    const pss = this.keyType === 'RSA-PSS' ? ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', `rsa_pss_saltlen:${salt}`] : [];
    await writeFile(join(this.folder, 'data'), data);
    await succeed('openssl', ['dgst', `-${hash}`, '-sign', 'key', ...pss, '-out', 'signature', 'data'], { cwd: this.folder });
    return succeed('openssl', ['base64', '-in', 'signature'], { cwd: this.folder });
  }

  async properties(data: Buffer, certificate: string, hash = 'SHA-256'): Promise<Record<string, string>> {
    return {
      img_signature: await this.sign(data, hash.toLowerCase().replace('-', '')),
      img_signature_hash_method: hash,
      img_signature_key_type: this.keyType,
      img_signature_certificate_uuid: certificate,
    };
  }

  dispose(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
