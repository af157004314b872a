import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { identityUrl, type KeystoneConnection } from './connection.js';
import { KeystoneUnavailable } from './keystone.errors.js';

export interface KeystoneRequest {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'DELETE';
  /** After `/v3`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

export interface KeystoneAnswer {
  readonly status: number;
  /** Of the answer; a repeated one is its first. */
  readonly header: (name: string) => string | undefined;
  /** Parsed; undefined where it is no JSON. */
  readonly body: unknown;
}

/** A token with the largest catalogs has some hundred KiB. */
const LONGEST_ANSWER = 4 * 1024 * 1024;
const RETRY_MS = 200;

/** Asks Keystone. Every answer below 500 is one; anything else is `KeystoneUnavailable`, after what retries are allowed. */
export class KeystoneHttp {
  private readonly base: string;
  private readonly agent: Agent;

  /** Fails where a certificate file cannot be read. */
  constructor(private readonly connection: KeystoneConnection) {
    const { caFile, certFile, keyFile, insecure } = connection.tls;
    const file = (name: string | undefined) => (name === undefined ? undefined : readFileSync(name));
    this.base = identityUrl(connection.authUrl);
    this.agent = new Agent({
      connections: 32,
      connect: { rejectUnauthorized: !insecure, ca: file(caFile), cert: file(certFile), key: file(keyFile ?? certFile), timeout: connection.timeoutMs },
      headersTimeout: connection.timeoutMs,
      bodyTimeout: connection.timeoutMs,
    });
  }

  async ask(asked: KeystoneRequest): Promise<KeystoneAnswer> {
    for (let tried = 0; ; tried += 1) {
      try {
        return await this.once(asked);
      } catch (error) {
        if (tried >= this.connection.retries || !mayRepeat(error)) throw unavailable(asked, error);
      }
      await sleep(RETRY_MS * 2 ** Math.min(tried, 3));
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async once({ method, path, headers, body }: KeystoneRequest): Promise<KeystoneAnswer> {
    const answer = await request(`${this.base}${path}`, {
      dispatcher: this.agent,
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(this.connection.timeoutMs),
    });
    const text = await whole(answer.body);
    if (answer.statusCode >= 500) throw new Error(`it answered ${answer.statusCode}`);
    return { status: answer.statusCode, header: (name) => [answer.headers[name] ?? []].flat()[0], body: parsed(text) };
  }
}

const NOBODY_THERE = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_SOCKET'];

/** A slow Keystone is not asked twice: the client would wait twice as long. */
const mayRepeat = (error: unknown): boolean => error instanceof Error && 'code' in error && NOBODY_THERE.includes(String(error.code));

function unavailable({ method, path }: KeystoneRequest, error: unknown): KeystoneUnavailable {
  const reason = error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error);
  return new KeystoneUnavailable(`${method} ${path.split('?', 1)[0]}: ${reason}`, { cause: error });
}

async function whole(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LONGEST_ANSWER) throw new Error(`its answer is longer than ${LONGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
