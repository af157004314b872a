import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals what must be kept for a while (AES-256-GCM): whoever reads where it is kept, but not this node's key, learns nothing. */
export class SecretBox {
  private key: Promise<Buffer> | undefined;

  /** @param file the key, made on first use, for its owner only; undefined: it lives and dies with the process */
  constructor(private readonly file?: string) {}

  /** `about` is not kept: opening takes the same again. */
  async seal(text: string, about: string): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', await this.keyed(), iv).setAAD(Buffer.from(about));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** undefined: it was sealed with another key, or about something else. */
  async open(sealed: string, about: string): Promise<string | undefined> {
    const bytes = Buffer.from(sealed, 'base64url');
    const key = await this.keyed();
    try {
      const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(about));
      cipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([cipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), cipher.final()]).toString();
    } catch {
      return undefined;
    }
  }

  private keyed(): Promise<Buffer> {
    this.key ??= (this.file === undefined ? Promise.resolve(randomBytes(KEY_BYTES)) : keyIn(this.file)).catch((error: unknown) => {
      this.key = undefined;
      throw error;
    });
    return this.key;
  }
}

async function keyIn(file: string): Promise<Buffer> {
  const key = (await present(file)) ?? (await make(file));
  if (key.length !== KEY_BYTES) throw new Error(`${file} is no key: it has ${key.length} bytes, not ${KEY_BYTES}. Remove it, and a new one is made; what was sealed with it is lost.`);
  return key;
}

const present = (file: string): Promise<Buffer | undefined> => readFile(file).catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return undefined;
  throw error;
});

/** Of several processes that make it at once one wins, and nobody ever sees a part of it. */
async function make(file: string): Promise<Buffer> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(randomBytes(KEY_BYTES));
    await handle.sync();
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
  return readFile(file);
}
