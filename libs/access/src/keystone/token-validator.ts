import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { KeystoneSession } from './session.js';
import { tokenOf, type KeystoneToken } from './token.js';
import { KeystoneUnavailable } from './keystone.errors.js';

export interface TokenValidatorOptions {
  /** `token_cache_time`, seconds: how long a revoked token may go on; below 0 nothing is kept. */
  readonly cacheSeconds: number;
}

const KEPT = 20_000;
/** Kept apart, so that a flood of wrong tokens drives no right one out. */
const KEPT_WRONG = 5_000;
const WRONG_MS = 5_000;
/** Bytes; the largest that Keystone gives have less. */
const LONGEST = 64 * 1024;
const PRINTABLE = /^[\x21-\x7e]+$/;

/** Asks Keystone whose a token is, once for all who wait for the same one, and remembers the answer for a while. Tokens are kept as hashes only. */
export class TokenValidator {
  private readonly right = new LRUCache<string, KeystoneToken>({ max: KEPT });
  private readonly wrong = new LRUCache<string, true>({ max: KEPT_WRONG, ttl: WRONG_MS });
  private readonly asking = new Map<string, Promise<KeystoneToken | undefined>>();

  constructor(
    private readonly session: Pick<KeystoneSession, 'request'>,
    private readonly options: TokenValidatorOptions,
  ) {}

  /**
   * undefined: it is none, has ended or was revoked. `expired`: one that has ended is good enough (a service goes on with what
   * its user began). Rejects with `KeystoneUnavailable`.
   */
  async validate(text: string, expired = false): Promise<KeystoneToken | undefined> {
    const id = text.trim();
    if (id.length > LONGEST || !PRINTABLE.test(id)) return undefined;
    const key = `${createHash('sha256').update(id).digest('base64')}${expired ? '+' : ''}`;
    const known = this.right.get(key);
    if (known && (expired || known.expiresAt > Date.now())) return known;
    if (this.wrong.has(key)) return undefined;
    let asking = this.asking.get(key);
    if (!asking) {
      asking = this.ask(id, key, expired).finally(() => this.asking.delete(key));
      this.asking.set(key, asking);
    }
    return asking;
  }

  private async ask(id: string, key: string, expired: boolean): Promise<KeystoneToken | undefined> {
    const path = `/auth/tokens${expired ? '?allow_expired=1' : ''}`;
    const headers = { 'x-subject-token': id, 'openstack-identity-access-rules': '1.0' };
    const { status, body } = await this.session.request({ method: 'GET', path, headers });
    const token = status === 200 ? tokenOf(body) : undefined;
    if (status === 200 && !token) throw new KeystoneUnavailable('its answer is not what Keystone answers');
    // 401 and 403 are about the service's own token: they say nothing of the caller's.
    if (!token && status !== 404 && status !== 400) throw new KeystoneUnavailable(`it answered ${status} to the validation of a token; may the service's user validate tokens?`);
    if (!token || (!expired && token.expiresAt <= Date.now())) {
      this.wrong.set(key, true);
      return undefined;
    }
    this.keep(key, token, expired);
    return token;
  }

  private keep(key: string, token: KeystoneToken, expired: boolean): void {
    const most = this.options.cacheSeconds * 1000;
    const ttl = expired ? most : Math.min(most, token.expiresAt - Date.now());
    if (ttl > 0) this.right.set(key, token, { ttl });
  }
}
