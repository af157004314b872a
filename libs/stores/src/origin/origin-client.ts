import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { PinnedUri, UriFilter } from '../uri-filter/uri-filter.js';
import { OriginUnreachable } from './origin.errors.js';
import { isRedirect, redirectTarget } from './redirect.js';
import { OriginFault } from './unreachable-reason.js';

export interface OriginOptions {
  /** A file of PEM certificates: servers are verified with them, instead of with the system's. */
  readonly caFile?: string;
  /** Takes any certificate; counts for nothing beside a `caFile`. */
  readonly insecure?: boolean;
  /** For everything up to the headers of an answer, of each redirect anew. */
  readonly answerTimeoutMs?: number;
}

export interface OriginRequest {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that only the first server may see: no redirect takes them to another. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Stands in the message of a refusal: `web-download`. */
  readonly purpose?: string;
}

const MAX_REDIRECTS = 5;
const ANSWER_TIMEOUT_MS = 30_000;

/**
 * Asks web servers that somebody outside named. Every URL, that of a redirect too, passes the filter first, and the
 * connection goes to the addresses that passed. No connection is used twice.
 */
export class OriginClient {
  private readonly tls: RequestOptions & https.RequestOptions;
  private readonly answerTimeoutMs: number;

  /** Fails where the certificates cannot be read. */
  constructor(private readonly filter: UriFilter, { caFile, insecure = false, answerTimeoutMs = ANSWER_TIMEOUT_MS }: OriginOptions = {}) {
    this.tls = caFile === undefined ? { rejectUnauthorized: !insecure } : { rejectUnauthorized: true, ca: certificates(caFile) };
    this.answerTimeoutMs = answerTimeoutMs;
  }

  /**
   * The last answer, of whatever status; the caller reads or destroys it. Fails with `UriRefused`, `OriginUnreachable` or
   * the signal's reason.
   */
  async open(uri: string, request: OriginRequest): Promise<IncomingMessage> {
    let target = await this.filter.check(uri, request.purpose);
    const { origin } = target.url;
    for (let redirects = 0; ; redirects += 1) {
      const response = await this.ask(target, target.url.origin === origin ? request : { ...request, credentials: {} });
      if (!isRedirect(response.statusCode)) return response;
      response.destroy();
      const next = redirectTarget(target.url, response.headers.location);
      if (next === undefined) throw new OriginUnreachable(new OriginFault('it redirects to what is no URL', 'protocol'));
      if (redirects === MAX_REDIRECTS) throw new OriginUnreachable(new OriginFault(`it redirects more than ${MAX_REDIRECTS} times`, 'protocol'));
      target = await this.filter.check(next, request.purpose && `${request.purpose}, where it was redirected to,`);
    }
  }

  private async ask(target: PinnedUri, { method, headers, credentials, signal }: OriginRequest): Promise<IncomingMessage> {
    signal?.throwIfAborted();
    const send = target.url.protocol === 'https:' ? https.request : http.request;
    const options = { ...this.tls, ...requestOptions(target), method, signal, headers: { ...requestHeaders(target.url), ...headers, ...credentials } };
    try {
      return await answerOf(send(options), this.answerTimeoutMs);
    } catch (error) {
      signal?.throwIfAborted();
      throw new OriginUnreachable(error);
    }
  }
}

/** PEM; what is none would be taken without a word. */
function certificates(file: string): Buffer {
  try {
    const pem = readFileSync(file);
    void new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new Error(`https_ca_certificates_file = ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const requestOptions = ({ url, addresses }: PinnedUri): RequestOptions => ({
  protocol: url.protocol,
  hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
  port: url.port === '' ? undefined : Number(url.port),
  path: url.pathname + url.search,
  // The shared one would use connections again, and with them addresses that passed at another time.
  agent: false,
  lookup: pinnedLookup(addresses),
});

const pinnedLookup = (addresses: PinnedUri['addresses']): LookupFunction => (_host, { all }, done) => {
  const [first] = addresses;
  if (all) done(null, [...addresses]);
  else done(null, first?.address ?? '', first?.family);
};

/** Without encoding: a range of an image is one of its own bytes. */
function requestHeaders({ username, password }: URL): Record<string, string> {
  const any = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'afterimage' };
  if (username === '' && password === '') return any;
  return { ...any, authorization: `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function answerOf(request: http.ClientRequest, timeoutMs: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => request.destroy(new OriginFault(`there was no answer in ${timeoutMs / 1000} s`, 'time')), timeoutMs);
    // Both stay for the request's whole life: an error without a listener would end the process.
    request.on('error', reject);
    request.once('response', (response) => {
      clearTimeout(timer);
      response.on('error', () => undefined);
      request.on('error', (error: NodeJS.ErrnoException) => failLate(response, error));
      resolve(response);
    });
    // After a change of protocols that nobody asked for there is neither an answer nor an error.
    request.once('close', () => {
      clearTimeout(timer);
      reject(new OriginFault('the server closed the connection without an answer', 'connection'));
    });
    request.end();
  });
}

/** An error that comes with the body, which would look whole where only the connection's end ends it. */
function failLate(response: IncomingMessage, error: NodeJS.ErrnoException): void {
  // What comes after the announced end is read as the start of another answer.
  if (error.code?.startsWith('HPE_')) response.destroy(new OriginFault('what it sends is not as long as it says', 'protocol'));
  else if (!response.complete) response.destroy(error);
}
