import { Logger } from '@nestjs/common';
import { BriefHttp, type Answer, type Tls } from './brief-http.js';
import { metadataOf } from './barbican-metadata.js';
import type { Credentials, WithRights, KeyManager } from './key-manager.js';
import { CertificateRefused, KeyManagerNotConfigured, KeyManagerUnavailable, KeyRefused } from './key-manager.errors.js';

export interface BarbicanOptions {
  /** With or without the version at its end; a function is asked before each use. */
  readonly endpoint: string | (() => Promise<string | undefined>);
  readonly apiVersion: string;
  readonly tls: Tls;
  readonly timeoutMs?: number;
  /** The service's own token; absent: it has none. */
  readonly ownToken?: () => Promise<string>;
}

/** A chain of certificates has a few KiB; Barbican itself keeps at most 20,000 bytes of a secret unless told otherwise. */
const LONGEST_ANSWER = 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** The ids become part of a URL: nothing else may. */
const SECRET_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** OpenStack Key Manager, asked as castellan asks it: what the secret is, then its payload, with the caller's own token. */
export class BarbicanKeyManager implements KeyManager {
  private readonly endpoint: () => Promise<string | undefined>;
  private readonly apiVersion: string;
  private readonly http: BriefHttp;
  private readonly ownToken: (() => Promise<string>) | undefined;
  private readonly log = new Logger('Barbican');

  constructor({ endpoint, apiVersion, tls, timeoutMs = TIMEOUT_MS, ownToken }: BarbicanOptions) {
    this.endpoint = typeof endpoint === 'string' ? async () => endpoint : endpoint;
    this.apiVersion = apiVersion;
    this.http = new BriefHttp(tls, LONGEST_ANSWER, timeoutMs);
    this.ownToken = ownToken;
  }

  certificate(credentials: Credentials, id: string, signal?: AbortSignal): Promise<Buffer> {
    return this.told(this.fetch(credentials, id, signal));
  }

  deleteKey(id: string, rights: WithRights, signal?: AbortSignal): Promise<void> {
    return this.told(this.remove(id, rights, signal));
  }

  /** Its own failures are ours to know of; the caller is only told to come again. */
  private async told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof KeyManagerUnavailable) this.log.warn(`Barbican failed: ${error.reason}`);
      throw error;
    }
  }

  private async fetch(credentials: Credentials, id: string, signal?: AbortSignal): Promise<Buffer> {
    if (!SECRET_ID.test(id)) throw new CertificateRefused(id, 'it is not a UUID.');
    const secret = `${await this.secrets()}${id}`;
    const about = await this.get(credentials, secret, 'application/json', id, signal);
    const type = metadataOf(about).content_types?.default;
    if (type === undefined) throw new CertificateRefused(id, 'the secret has no payload.');
    return this.get(credentials, `${secret}/payload`, type, id, signal);
  }

  /** What is no id of Barbican's names no key. */
  private async remove(id: string, rights: WithRights, signal?: AbortSignal): Promise<void> {
    if (!SECRET_ID.test(id)) return;
    const secret = new URL(`${await this.secrets()}${id}`);
    const headers = { accept: 'application/json', ...tokenHeader('credentials' in rights ? rights.credentials : await this.own()) };
    if ('madeBy' in rights && !(await this.isBy(rights.madeBy, secret, headers, id, signal))) return;
    const { status } = await this.ask('DELETE', secret, headers, signal);
    if (status !== 204 && status !== 404) throw refusalOrFailure(id, status);
  }

  /** False: there is no such key. */
  private async isBy(user: string, secret: URL, headers: Readonly<Record<string, string>>, id: string, signal?: AbortSignal): Promise<boolean> {
    const { status, body } = await this.ask('GET', secret, headers, signal);
    if (status === 404) return false;
    // A token of our own that does not count any more is replaced by another one.
    if (status === 401 && 'x-auth-token' in headers) throw new KeyManagerUnavailable("it does not take the service's own token");
    if (status !== 200) throw refusalOrFailure(id, status);
    const { creator_id: creator } = metadataOf(body);
    if (creator !== user) throw new KeyRefused(id, 'it was made by another user than the one who named it.');
    return true;
  }

  private async own(): Promise<Credentials> {
    try {
      const token = await this.ownToken?.();
      return token === undefined ? {} : { token };
    } catch (error) {
      throw new KeyManagerUnavailable(`the service gets no token of its own: ${String(error)}`, { cause: error });
    }
  }

  private async secrets(): Promise<string> {
    const base = (await this.endpoint().catch((error: unknown) => {
      throw new KeyManagerUnavailable(`its endpoint cannot be looked up: ${String(error)}`, { cause: error });
    }))?.replace(/\/+$/, '');
    if (base === undefined) throw new KeyManagerNotConfigured('the service catalog has no key-manager; set [barbican] barbican_endpoint.');
    return `${base.endsWith(`/${this.apiVersion}`) ? base : `${base}/${this.apiVersion}`}/secrets/`;
  }

  private async get(credentials: Credentials, url: string, accept: string, id: string, signal?: AbortSignal): Promise<Buffer> {
    const { status, body } = await this.ask('GET', new URL(url), { accept, ...tokenHeader(credentials) }, signal);
    if (status === 200) return body;
    const reason = REASONS[status];
    if (reason !== undefined) throw new CertificateRefused(id, reason);
    throw new KeyManagerUnavailable(`it answered ${status}`);
  }

  private async ask(method: 'GET' | 'DELETE', url: URL, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer> {
    try {
      return await this.http.ask(method, url, headers, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw new KeyManagerUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'it does not take the request.',
  401: 'it does not accept the token of this request.',
  403: 'the caller may not read it.',
  404: 'there is none.',
  406: 'its payload cannot be had in the form that it is kept in.',
};

const tokenHeader = ({ token }: Credentials): Readonly<Record<string, string>> => (token === undefined ? {} : { 'x-auth-token': token });

/** 401 and 403 will not become others by asking again. */
const refusalOrFailure = (id: string, status: number): Error =>
  status === 401 || status === 403 ? new KeyRefused(id, `the key manager answered ${status}.`) : new KeyManagerUnavailable(`it answered ${status}`);
