import { InvalidValue, RangeNotSatisfiable } from './api.errors.js';

export interface BytesWanted {
  /** First byte, from 0. */
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
}

export interface RangeHeaders {
  readonly range?: string | undefined;
  /** Means nothing in a request, but old clients send `bytes a-b/*` there; looked at where `range` is absent. */
  readonly contentRange?: string | undefined;
}

const SEVERAL = 'Requests with multiple ranges are not supported. You may make multiple single-range requests instead.';

/** Which bytes of `size` a client asks for; undefined: all of them, without a range in the answer. */
export function parseRange(headers: RangeHeaders, size: number): BytesWanted | undefined {
  if (headers.range !== undefined) return fromRange(headers.range, size);
  return headers.contentRange === undefined ? undefined : fromContentRange(headers.contentRange, size);
}

function fromRange(header: string, size: number): BytesWanted | undefined {
  if (header.includes(',')) throw new InvalidValue(SEVERAL);
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) {
    throw new RangeNotSatisfiable('Invalid Range header.', size);
  }
  if (first === '') return suffix(Number(last), size);
  const start = Number(first);
  if (last !== '' && Number(last) < start) throw new RangeNotSatisfiable('Invalid Range header.', size);
  startsInside(start, size, 'Range');
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

function suffix(length: number, size: number): BytesWanted | undefined {
  if (size === 0) return undefined;
  if (length === 0) throw new RangeNotSatisfiable('Invalid Range header.', size);
  return { start: Math.max(size - length, 0), end: size - 1 };
}

function fromContentRange(header: string, size: number): BytesWanted {
  const [, first, last, length] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header.trim()) ?? [];
  const start = Number(first);
  const end = Number(last);
  if (length === undefined || end < start || (length !== '*' && end >= Number(length))) {
    throw new RangeNotSatisfiable('Invalid Content-Range header.', size);
  }
  if (end >= size) {
    throw new RangeNotSatisfiable(
      `Invalid stop position in Content-Range header. The stop position MUST be in the inclusive range [0, ${size - 1}].`, size,
    );
  }
  startsInside(start, size, 'Content-Range');
  return { start, end };
}

function startsInside(start: number, size: number, header: string): void {
  if (start < size) return;
  throw new RangeNotSatisfiable(
    `Invalid start position in ${header} header. Start position MUST be in the inclusive range [0, ${size - 1}].`, size,
  );
}
