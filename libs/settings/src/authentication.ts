import { isIP } from 'node:net';
import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';
import type { Settings } from './settings.js';

const SERVED = ['none', 'keystone', 'fakeauth', 'noauth'] as const;
const FOR_TESTS: readonly string[] = ['fakeauth', 'noauth'];
/** Parts that turn on the cache; see `image-cache.ts`. */
const ADDITIONS = ['caching', 'cachemanagement'];

/** Whether callers have to prove who they are. */
export const isGuarded = (flavor = ''): boolean => flavor.split('+').some((part) => part.trim().toLowerCase() === 'keystone');

/** `[paste_deploy] flavor`: who says who calls, and what stands before the API, joined by `+` in any order. */
export function authenticationOf({ paste_deploy: own, DEFAULT }: Values, warn: (text: string) => void): Settings['authentication'] {
  const { flavor = '' } = own;
  const parts = flavor.split('+').map((part) => part.trim().toLowerCase()).filter((part) => part !== '');
  const [asked = 'none', ...more] = parts.filter((part) => !ADDITIONS.includes(part));
  const found = SERVED.find((one) => one === asked);
  if (!found || more.length > 0) {
    throw new BadSetting('paste_deploy', 'flavor', flavor, `serving without the authentication that is asked for would be unsafe; served are none, keystone, and for tests ${FOR_TESTS.join(' and ')}`);
  }
  if (FOR_TESTS.includes(found)) protectNothing(found, DEFAULT.bind_host, own.allow_insecure_bind, warn);
  return found;
}

function protectNothing(flavor: string, host: string, allowed: boolean, warn: (text: string) => void): void {
  if (!allowed && !isLoopback(host)) {
    throw new BadSetting('DEFAULT', 'bind_host', host, `with [paste_deploy] flavor = ${flavor} callers are whoever they say; bind to 127.0.0.1, or set [paste_deploy] allow_insecure_bind = True`);
  }
  warn(`[paste_deploy] flavor = ${flavor} is for tests and protects nothing: every caller is believed`);
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
