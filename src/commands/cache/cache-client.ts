import { Agent, request } from 'undici';
import { z } from 'zod';
import { CacheRequestFailed } from './cache.errors.js';

const cachedImage = z.object({
  image_id: z.string(),
  /** Seconds since 1970; 0: never. */
  last_accessed: z.number(),
  last_modified: z.number(),
  size: z.number(),
  hits: z.number(),
});
export type CachedImage = z.infer<typeof cachedImage>;

const cachedImages = z.object({ cached_images: z.array(cachedImage) });
const queuedImages = z.object({ queued_images: z.array(z.string()) });
const deleted = z.object({ num_deleted: z.number() });

/** Gives the token that a request is sent with; undefined: none. `anew`: the last one was not taken. */
export interface Login {
  token(anew: boolean): Promise<string | undefined>;
}

export interface CacheHost {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Takes any certificate. */
  readonly insecure: boolean;
  /** PEM certificates that the host is verified with, instead of the system's. */
  readonly authorities?: Buffer;
  /** PEM, where the host wants to know who calls. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const PATIENCE_MS = 60_000;

/** The old management paths of a running server's cache (flavor `+cachemanagement`). Every failure is a `CacheRequestFailed`. */
export class CacheClient {
  private readonly agent: Agent;

  constructor(private readonly host: CacheHost, private readonly login: Login) {
    const { insecure, authorities: ca, cert, key } = host;
    this.agent = new Agent({ connect: { rejectUnauthorized: !insecure, ca, cert, key }, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
  }

  async cachedImages(): Promise<readonly CachedImage[]> {
    return read(cachedImages, await this.ask('GET', '/cached_images')).cached_images;
  }

  async queuedImages(): Promise<readonly string[]> {
    return read(queuedImages, await this.ask('GET', '/queued_images')).queued_images;
  }

  async queueImage(id: string): Promise<void> {
    await this.ask('PUT', `/queued_images/${encodeURIComponent(id)}`);
  }

  async deleteCachedImage(id: string): Promise<void> {
    await this.ask('DELETE', `/cached_images/${encodeURIComponent(id)}`);
  }

  /** Answers how many there were. */
  async deleteAllCachedImages(): Promise<number> {
    return read(deleted, await this.ask('DELETE', '/cached_images')).num_deleted;
  }

  async deleteQueuedImage(id: string): Promise<void> {
    await this.ask('DELETE', `/queued_images/${encodeURIComponent(id)}`);
  }

  /** Answers how many there were. */
  async deleteAllQueuedImages(): Promise<number> {
    return read(deleted, await this.ask('DELETE', '/queued_images')).num_deleted;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  /** Answers the body. A token that is not taken is replaced once, where another can be had. */
  private async ask(method: 'GET' | 'PUT' | 'DELETE', path: string): Promise<string> {
    const first = await this.login.token(false);
    let answer = await this.send(method, path, first);
    if (answer.status === 401) {
      const second = await this.login.token(true);
      if (second !== first) answer = await this.send(method, path, second);
    }
    if (answer.status < 200 || answer.status > 299) throw new CacheRequestFailed(answer.text === '' ? `the server answered ${answer.status}` : answer.text, answer.status);
    return answer.text;
  }

  private async send(method: 'GET' | 'PUT' | 'DELETE', path: string, token: string | undefined): Promise<{ status: number; text: string }> {
    try {
      const { statusCode, body } = await request(`${this.host.url}/v2${path}`, { dispatcher: this.agent, method, headers: token === undefined ? {} : { 'x-auth-token': token } });
      return { status: statusCode, text: await body.text() };
    } catch (error) {
      throw new CacheRequestFailed(reasonOf(error), undefined, { cause: error });
    }
  }
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CacheRequestFailed('the server answered something that is not JSON: is this a Glance API host?');
  }
  const found = schema.safeParse(value);
  if (!found.success) throw new CacheRequestFailed('the server answered something else than what was asked for: is this a Glance API host?');
  return found.data;
}

/** An error of several addresses has no text of its own. */
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error));
