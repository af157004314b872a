import { bodyOf, tellsItsEnd, type OriginClient } from '#stores';

export interface UriData {
  /** Bytes to come, where the server says so. */
  readonly size?: number;
  readonly body: AsyncIterable<Buffer>;
}

const IDLE_MS = 60_000;

/** The data at a URI, each redirect of which passes the filter. Fails with `UriRefused`, `OriginUnreachable` or what the server answered. */
export async function openUri(origin: OriginClient, uri: string, purpose: string, signal: AbortSignal): Promise<UriData> {
  const response = await origin.open(uri, { method: 'GET', signal, purpose });
  const { statusCode, headers } = response;
  if (statusCode !== 200 || !tellsItsEnd(response)) {
    response.destroy();
    throw new Error(statusCode === 200 ? 'The web server does not tell how long its answer is.' : `The web server answered ${statusCode}.`);
  }
  const size = Number(headers['content-length'] ?? Number.NaN);
  return { body: bodyOf(response, IDLE_MS), ...(Number.isSafeInteger(size) ? { size } : {}) };
}
