import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './run.js';

export interface Pair {
  /** PEM files. */
  readonly cert: string;
  readonly key: string;
}

/** An authority and what it signs, made by openssl. */
export class Authority {
  private serial = 0;

  private constructor(private readonly folder: string, readonly cert: string, private readonly key: string) {}

  static async make(name = 'authority'): Promise<Authority> {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-ca-'));
    const [cert, key] = [join(folder, 'ca.pem'), join(folder, 'ca.key')];
    await succeed('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`, '-days', '30', '-keyout', key, '-out', cert]);
    return new Authority(folder, cert, key);
  }

  /** Another authority below this one; `chain` makes a file of a certificate and all that lead to the root. */
  async below(): Promise<Authority> {
    const pair = await this.sign('below', ['basicConstraints = critical, CA:TRUE']);
    return new Authority(this.folder, pair.cert, pair.key);
  }

  /** For 127.0.0.1 and localhost, good for servers and clients. */
  async sign(name: string, more: readonly string[] = [], days = 30): Promise<Pair> {
    this.serial += 1;
    const { serial } = this;
    const at = (end: string) => join(this.folder, `${name}-${serial}.${end}`);
    await writeFile(at('ext'), ['subjectAltName = IP:127.0.0.1, DNS:localhost', ...more].join('\n'));
    await succeed('openssl', ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${name}`, '-keyout', at('key'), '-out', at('csr')]);
    await succeed('openssl', ['x509', '-req', '-in', at('csr'), '-CA', this.cert, '-CAkey', this.key, '-set_serial', String(1000 + serial), '-days', String(days), '-extfile', at('ext'), '-out', at('pem')]);
    return { cert: at('pem'), key: at('key') };
  }

  /** One that ended yesterday. */
  expired(name: string): Promise<Pair> {
    return this.sign(name, [], -1);
  }

  async file(name: string, ...parts: readonly string[]): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, (await Promise.all(parts.map((part) => readFile(part, 'utf8')))).join(''));
    return path;
  }

  dispose(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
