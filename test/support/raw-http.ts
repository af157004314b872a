import { connect, type Socket } from 'node:net';
import { AnswerReader, type Answer } from './answer-reader.js';

/** A request as its bytes: nothing is normalised, nothing is added but `Host`. */
export interface RawRequest {
  readonly method: string;
  /** What stands between method and protocol. */
  readonly target: string;
  /** In Latin-1, as they go over the wire. */
  readonly headers: readonly (readonly [string, string])[];
  /** Framed already, where the headers say so. */
  readonly body: Buffer;
  /** The client ends its side where no answer comes at once: so a server that waits for more does not do so for ever. */
  readonly endsEarly?: boolean;
}

export interface Exchange {
  /** undefined where the client ended before it came. */
  readonly answer: Answer | undefined;
  /** What a plain request got that followed on the same connection; undefined where the server had closed that. */
  readonly next: Answer | undefined;
}

const PATIENCE_MS = 20_000;
const AT_ONCE_MS = 150;

/** Sends it and then, where the connection is left open, a plain request that closes it. Fails where the server is silent. */
export async function exchange(origin: URL, request: RawRequest): Promise<Exchange> {
  const socket = connect(Number(origin.port), origin.hostname);
  const reader = new AnswerReader(socket);
  const silence = setTimeout(() => socket.destroy(new Error(`no end within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    await write(socket, wire(origin, request));
    const hurry = setTimeout(() => request.endsEarly && socket.end(), AT_ONCE_MS);
    const answer = await reader.next(request.method);
    clearTimeout(hurry);
    if (!answer && !request.endsEarly) throw new Error('closed without an answer');
    if (!answer || request.endsEarly || answer.headers.get('connection') === 'close') {
      socket.end();
      await reader.ended();
      return { answer, next: undefined };
    }
    await write(socket, wire(origin, FOLLOWING));
    return { answer, next: await reader.next('GET') };
  } finally {
    clearTimeout(silence);
    socket.destroy();
  }
}

export const FOLLOWING_ID = 'the-following-one';

const FOLLOWING: RawRequest = {
  method: 'GET',
  target: '/v2/info/import',
  headers: [['X-Openstack-Request-Id', FOLLOWING_ID], ['Connection', 'close']],
  body: Buffer.alloc(0),
};

function wire(origin: URL, { method, target, headers, body }: RawRequest): Buffer {
  const host = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['Host', origin.host] as const];
  const lines = [`${method} ${target} HTTP/1.1`, ...[...host, ...headers].map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]);
}

/** A server may have answered and gone before it has read everything: then the answer counts, not the write. */
const write = (socket: Socket, bytes: Buffer): Promise<void> => new Promise((resolve) => socket.write(bytes, () => resolve()));

/** The request as somebody would repeat it by hand. */
export function curl(origin: URL, { method, target, headers, body }: RawRequest): string {
  const flags = headers.map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`);
  const data = body.length > 0 ? [`--data-binary ${quoted(body.toString('latin1'))}`] : [];
  return ['curl -i --path-as-is', `-X ${quoted(method)}`, ...flags, ...data, `--request-target ${quoted(target)}`, origin.href].join(' ');
}

const LONGEST = 2000;

function quoted(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…(${text.length} characters)` : text;
  if (/^[\x20-\x7e]*$/.test(shown)) return `'${shown.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = shown.replace(/[\\']/g, String.raw`\$&`).replace(/[^\x20-\x7e…]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `$'${escaped}'`;
}
