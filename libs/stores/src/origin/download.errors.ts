import { redactUrl } from '../uri-filter/redact-url.js';

/** Without credentials and without the query, where signed URLs have theirs. */
export const downloadUrl = (uri: string): string => redactUrl(uri).replace(/\?.*$/s, '?…').replaceAll(/\p{C}/gu, '�').slice(0, 1000);

/** Nothing usable came from a URI that may be fetched; the message says why, to whoever asked for the import. */
export class DownloadFailed extends Error {
  readonly code = 'DownloadFailed';
  /** @param transient the same request may succeed later */
  constructor(uri: string, readonly reason: string, readonly transient: boolean, cause?: unknown) {
    super(`The download of ${downloadUrl(uri)} failed: ${reason}.`, { cause });
  }
}

/** It has, or announces, more than an image may. Sizes in bytes. */
export class DownloadTooLarge extends Error {
  readonly code = 'DownloadTooLarge';
  constructor(uri: string, readonly maxSize: number) {
    super(`The download of ${downloadUrl(uri)} failed: it has more than the ${maxSize} bytes that are allowed.`);
  }
}
