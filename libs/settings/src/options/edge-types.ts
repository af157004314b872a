import { isIP } from 'node:net';
import { list, text, type OsloType } from '../oslo-types.js';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

const each = (allowed: string, isGood: (item: string) => boolean): OsloType<readonly string[]> =>
  list().refine((items) => items.every(isGood), { message: `allowed: ${allowed}` }).describe(allowed);

/** Methods, names of headers. */
export const tokens = (): OsloType<readonly string[]> => each('names of HTTP, separated by commas', (item) => TOKEN.test(item));

/** Compared as they are with what browsers say. */
export const origins = (): OsloType<readonly string[]> =>
  each('origins as browsers say them, SCHEME://HOST[:PORT], or *, separated by commas', (item) => /^[!-~]+$/.test(item));

export const networks = (): OsloType<readonly string[]> => each('IP addresses and networks (10.0.0.0/8), separated by commas', isNetwork);

function isNetwork(item: string): boolean {
  const [address = '', bits, ...more] = item.split('/');
  const family = isIP(address);
  return family !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}

export const path = (): OsloType<string> =>
  text().refine((value) => /^\/[!-"$->@-~]+$/.test(value), { message: 'allowed: a path that begins with a slash' }).describe('a path that begins with a slash');

/** `PORT:PATH`. */
export const filePorts = (): OsloType<readonly string[]> => each('PORT:PATH, separated by commas', (item) => /^\d{1,5}:./.test(item));
