import { createHash, getHashes } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';

/** The types of oslo.config: from the text in a file to a value. A type's description says what is allowed. */
export type OsloType<T> = z.ZodType<T, string>;

const YES = ['true', '1', 'on', 'yes'];
const NO = ['false', '0', 'off', 'no'];

function made<T>(allowed: string, convert: (text: string) => T | undefined): OsloType<T> {
  const type = z.string().transform((text, context) => {
    const value = convert(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `allowed: ${allowed}` });
    return z.NEVER;
  });
  return type.describe(allowed);
}

export const text = (): OsloType<string> => z.string().describe('any text');

export const bool = (): OsloType<boolean> =>
  made('true, 1, on, yes, false, 0, off or no', (raw) => {
    const word = raw.trim().toLowerCase();
    if (YES.includes(word)) return true;
    return NO.includes(word) ? false : undefined;
  });

function numberText(min: number | bigint, max: number | bigint): string {
  if (max === Number.MAX_SAFE_INTEGER) return `a whole number from ${min}`;
  return `a whole number from ${min} to ${max}`;
}

/** Python's int(): a sign and single underscores between digits are fine. */
const wholeNumber = (raw: string) => (/^[+-]?\d+(_\d+)*$/.test(raw.trim()) ? BigInt(raw.trim().replace(/^\+|_/g, '')) : undefined);

export const int = (min: number, max = Number.MAX_SAFE_INTEGER): OsloType<number> =>
  made(numberText(min, max), (raw) => {
    const value = wholeNumber(raw);
    return value === undefined || value < BigInt(min) || value > BigInt(max) ? undefined : Number(value);
  });

/** Up to 2^63−1 as Glance allows; what is beyond 2^53−1 means that, since no file is larger. */
export const byteCount = (min: number): OsloType<number> =>
  made(numberText(min, 2n ** 63n - 1n), (raw) => {
    const value = wholeNumber(raw);
    if (value === undefined || value < BigInt(min) || value >= 2n ** 63n) return undefined;
    return Number(value < BigInt(Number.MAX_SAFE_INTEGER) ? value : Number.MAX_SAFE_INTEGER);
  });

const UNITS = ['', 'B', 'KB', 'MB', 'GB', 'TB'];

/** As Glance reads `user_storage_quota`: units are powers of 1024, upper case, with no space before them. */
export const storageAmount = (): OsloType<bigint> =>
  made('a whole number of bytes, or one with B, KB, MB, GB or TB right after it', (raw) => {
    const [, digits, unit] = /^(\d{1,30})([KMGT]?B)?$/.exec(raw.trim()) ?? [];
    return digits === undefined ? undefined : BigInt(digits) * 1024n ** BigInt(Math.max(0, UNITS.indexOf(unit ?? '') - 1));
  });

export const port = (): OsloType<number> => int(0, 65535);

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;
const looksLikeIPv4 = (raw: string) => /^[\d.]+$/.test(raw);

export const host = (): OsloType<string> =>
  made('an IP address or a host name', (raw) => {
    const value = raw.trim();
    return isIP(value) !== 0 || (!looksLikeIPv4(value) && HOST_NAME.test(value)) ? value : undefined;
  });

export const httpUrl = (): OsloType<string> =>
  made('an http:// or https:// URL', (raw) => (/^https?:$/.test(URL.parse(raw)?.protocol ?? '') ? raw : undefined));

export const oneOf = <const W extends string>(...words: readonly W[]): OsloType<W> =>
  made(words.join(', '), (raw) => words.find((word) => word === raw.trim()));

const FACILITIES = [
  'KERN', 'USER', 'MAIL', 'DAEMON', 'AUTH', 'SYSLOG', 'LPR', 'NEWS', 'UUCP', 'CRON', 'AUTHPRIV', 'FTP',
  'LOCAL0', 'LOCAL1', 'LOCAL2', 'LOCAL3', 'LOCAL4', 'LOCAL5', 'LOCAL6', 'LOCAL7',
];

/** Of syslog, in any case, with or without `LOG_`. */
export const facility = (): OsloType<string> =>
  made(FACILITIES.map((name) => `LOG_${name}`).join(', '), (raw) => {
    const name = raw.trim().toUpperCase().replace(/^LOG_/, '');
    return FACILITIES.includes(name) ? `LOG_${name}` : undefined;
  });

/** `words` are lower case. */
export const oneOfAnyCase = <const W extends string>(...words: readonly W[]): OsloType<W> =>
  made(words.join(', '), (raw) => words.find((word) => word === raw.trim().toLowerCase()));

function items(raw: string): string[] {
  const inner = /^\[(.*)\]$/s.exec(raw.trim())?.[1] ?? raw;
  return inner.split(',').map((item) => item.trim()).filter((item) => item !== '');
}

const unquoted = (item: string) => /^(["'])(.*)\1$/s.exec(item)?.[2] ?? item;

export const list = (): OsloType<readonly string[]> => made('a comma-separated list', items);

/** Items may stand in quotes. */
export const quotedList = (): OsloType<readonly string[]> => made('a comma-separated list', (raw) => items(raw).map(unquoted));

export const portList = (): OsloType<readonly number[]> =>
  made('a comma-separated list of ports from 1 to 65535', (raw) => {
    const ports = items(raw).map((item) => Number(wholeNumber(unquoted(item)) ?? 0));
    return ports.every((one) => one >= 1 && one <= 65535) ? ports : undefined;
  });

export const dict = (): OsloType<ReadonlyMap<string, string>> =>
  made('key:value pairs, separated by commas', (raw) => {
    const pairs = raw.split(',').map((pair) => pair.trim()).filter((pair) => pair !== '');
    const entries = pairs.map((pair) => /^([^:]+):(.*)$/s.exec(pair));
    if (entries.some((entry) => entry === null)) return undefined;
    return new Map(entries.map((entry) => [(entry?.[1] ?? '').trim(), (entry?.[2] ?? '').trim()]));
  });

/** Names as Python's hashlib has them; `os_hash_value` holds at most 128 hexadecimal digits. */
export const hashName = (): OsloType<string> =>
  made('a hash of at most 128 hexadecimal digits: sha512, sha384, sha256, sha3_512, blake2b …', (raw) => {
    const name = raw.trim().toLowerCase();
    const here = name.replace('_', '-').replace(/^blake2b$/, 'blake2b512').replace(/^blake2s$/, 'blake2s256');
    const fixedLength = getHashes().includes(here) && !here.startsWith('shake');
    return fixedLength && createHash(here).digest().length <= 64 ? name : undefined;
  });
