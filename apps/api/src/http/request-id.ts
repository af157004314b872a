import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const MAX_REQUEST_ID_LENGTH = 64;

export const REQUEST_ID_HEADER = 'x-openstack-request-id';

/** Beyond ASCII the same text is other bytes in an answer than it was in the request. */
const ASCII = /^[\x20-\x7e]+$/;

const sent = ({ headers }: IncomingMessage): string | undefined => {
  const value = headers[REQUEST_ID_HEADER];
  return typeof value === 'string' && ASCII.test(value) ? value : undefined;
};

/** `maximum` 0 is no limit. */
export function hasTooLongRequestId(request: IncomingMessage, maximum: number): boolean {
  return maximum > 0 && (sent(request)?.length ?? 0) > maximum;
}

/** The client's id, with `req-` before it, or a new one. */
export function requestId(request: IncomingMessage, maximum: number): string {
  const id = hasTooLongRequestId(request, maximum) ? undefined : sent(request);
  if (id === undefined) return `req-${randomUUID()}`;
  return id.startsWith('req-') ? id : `req-${id}`;
}
