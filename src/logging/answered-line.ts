import type { Answered } from '#apps/api';
import { redactUrls } from '#settings';

const BARE = /^[\w:.@/-]+$/;

const ascii = (json: string): string => json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const quoted = (text: string): string => ascii(JSON.stringify(text));

/** Nothing that a client sends begins a new line or a new word. */
const word = (text: string | undefined): string => {
  if (!text) return '-';
  return BARE.test(text) ? text : quoted(text);
};

const safe = (target: string): string => (target.includes('@') ? redactUrls(target) : target);

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
  return `${head} "${method} ${quoted(safe(answered.target)).slice(1, -1)} HTTP/${httpVersion}" ${status} ${bytes ?? '-'} ${(ms / 1000).toFixed(4)} ${who}${cut ? ' cut' : ''}\n`;
}

function jsonLine({ target, ms, ...rest }: Answered, time: string, pid: boolean): string {
  const line = { level: 'INFO', time, ...(pid ? { pid: process.pid } : {}), context: 'Request', ...rest, target: safe(target), seconds: Number((ms / 1000).toFixed(4)) };
  return `${ascii(JSON.stringify(line))}\n`;
}
