import { Logger } from '@nestjs/common';
import { HttpGet, type Answer, type Tls } from './https-get.js';
import type { Credentials, KeyManager } from './key-manager.js';
import { CertificateRefused, KeyManagerNotConfigured, KeyManagerUnavailable } from './key-manager.errors.js';

export interface BarbicanOptions {
  /** With or without the version at its end; a function is asked before each use. */
  readonly endpoint: string | (() => Promise<string | undefined>);
  readonly apiVersion: string;
  readonly tls: Tls;
  readonly timeoutMs?: number;
}

/** A chain of certificates has a few KiB; Barbican itself keeps at most 20,000 bytes of a secret unless told otherwise. */
const LONGEST_ANSWER = 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** The ids become part of a URL: nothing else may. */
const SECRET_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Metadata {
  readonly content_types?: { readonly default?: string } | null;
}

/** OpenStack Key Manager, asked as castellan asks it: what the secret is, then its payload, with the caller's own token. */
export class BarbicanKeyManager implements KeyManager {
  private readonly endpoint: () => Promise<string | undefined>;
  private readonly apiVersion: string;
  private readonly http: HttpGet;
  private readonly log = new Logger('Barbican');

  constructor({ endpoint, apiVersion, tls, timeoutMs = TIMEOUT_MS }: BarbicanOptions) {
    this.endpoint = typeof endpoint === 'string' ? async () => endpoint : endpoint;
    this.apiVersion = apiVersion;
    this.http = new HttpGet(tls, LONGEST_ANSWER, timeoutMs);
  }

  /** Its own failures are ours to know of; the caller is only told to come again. */
  async certificate(credentials: Credentials, id: string, signal?: AbortSignal): Promise<Buffer> {
    try {
      return await this.fetch(credentials, id, signal);
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

  private async secrets(): Promise<string> {
    const base = (await this.endpoint().catch((error: unknown) => {
      throw new KeyManagerUnavailable(`its endpoint cannot be looked up: ${String(error)}`, { cause: error });
    }))?.replace(/\/+$/, '');
    if (base === undefined) throw new KeyManagerNotConfigured('the service catalog has no key-manager; set [barbican] barbican_endpoint.');
    return `${base.endsWith(`/${this.apiVersion}`) ? base : `${base}/${this.apiVersion}`}/secrets/`;
  }

  private async get(credentials: Credentials, url: string, accept: string, id: string, signal?: AbortSignal): Promise<Buffer> {
    const { status, body } = await this.ask(new URL(url), { accept, ...tokenHeader(credentials) }, signal);
    if (status === 200) return body;
    const reason = REASONS[status];
    if (reason !== undefined) throw new CertificateRefused(id, reason);
    throw new KeyManagerUnavailable(`it answered ${status}`);
  }

  private async ask(url: URL, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Answer> {
    try {
      return await this.http.get(url, headers, signal);
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

function metadataOf(answer: Buffer): Metadata {
  try {
    const metadata: unknown = JSON.parse(answer.toString());
    if (isMetadata(metadata)) return metadata;
  } catch {}
  throw new KeyManagerUnavailable('its answer is not what Barbican answers');
}

function isMetadata(value: unknown): value is Metadata {
  if (typeof value !== 'object' || value === null) return false;
  const types = 'content_types' in value ? value.content_types : undefined;
  if (types === undefined || types === null) return true;
  return typeof types === 'object' && (!('default' in types) || typeof types.default === 'string');
}
