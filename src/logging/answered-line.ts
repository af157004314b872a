import type { Answered } from '#apps/api';
import { redactUrls } from '#settings';

const BARE = /^[\w:.@/-]+$/;

/** Nothing that a client sends begins a new line or a new word. */
const word = (text: string | undefined): string => {
  if (!text) return '-';
  return BARE.test(text) ? text : JSON.stringify(text);
};

const unsafe = /["\\]|[^\x20-\x7e]/g;
const escaped = (text: string): string => text.replace(unsafe, (character) => (character === '"' || character === '\\' ? `\\${character}` : encodeURIComponent(character)));

const targetOf = (target: string): string => escaped(target.includes('@') ? redactUrls(target) : target);

interface Form {
  readonly json: boolean;
  readonly pid?: boolean;
}

/** `… INFO [Request] ADDRESS "METHOD TARGET HTTP/1.1" STATUS BYTES SECONDS REQUEST_ID USER PROJECT`. */
export function answeredLine(answered: Answered, { json, pid = false }: Form, now = new Date()): string {
  const time = now.toISOString();
  if (json) return jsonLine(answered, time, pid);
  const { address, method, httpVersion, status, bytes, ms, requestId, user, project, cut } = answered;
  const head = `${time.slice(0, 10)} ${time.slice(11, 23)} ${pid ? `${process.pid} ` : ''}INFO [Request] ${address}`;
  const who = `${word(requestId)} ${word(user)} ${word(project)}`;
  return `${head} "${method} ${targetOf(answered.target)} HTTP/${httpVersion}" ${status} ${bytes ?? '-'} ${(ms / 1000).toFixed(4)} ${who}${cut ? ' cut' : ''}\n`;
}

function jsonLine({ target, ms, ...rest }: Answered, time: string, pid: boolean): string {
  const line = { level: 'INFO', time, ...(pid ? { pid: process.pid } : {}), context: 'Request', ...rest, target: target.includes('@') ? redactUrls(target) : target, seconds: Number((ms / 1000).toFixed(4)) };
  return `${JSON.stringify(line)}\n`;
}
