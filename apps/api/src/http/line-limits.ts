import type { IncomingMessage } from 'node:http';
import { HeaderLineTooLong, UriTooLong } from './api.errors.js';

/** Bytes; `max_header_line`'s default. */
export const MAX_HEADER_LINE = 16_384;
/** `: ` and the end of a line, which the line counts too. */
const AROUND = 4;

/** The refusal of a request whose first line or one of whose header lines is longer than the limit, in bytes; `url` as the client wrote it. */
export function refuseLongLine({ rawHeaders }: IncomingMessage, url: string, maximum: number): HeaderLineTooLong | UriTooLong | undefined {
  if (url.length > maximum) return new UriTooLong(maximum);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]];
    if (name.length + value.length + AROUND > maximum) return new HeaderLineTooLong(name, maximum);
  }
  return undefined;
}
