import { TokenValidator, type KeystoneSession, type Policy } from '#access';
import { FakeAuthentication } from './fake-authentication.js';
import { KeystoneAuthentication, type KeystoneAuthenticationOptions } from './keystone-authentication.js';
import { EverybodyIsAdmin, type PrincipalSource } from './principal.js';

/** Who says who calls. */
export type Authentication = 'none' | 'keystone' | 'fakeauth' | 'noauth';

export interface AuthenticationOptions {
  readonly authentication: Authentication;
  /** With `keystone`. */
  readonly keystone?: KeystoneAuthenticationOptions & {
    /** Seconds; below 0 no validation is remembered. */
    readonly tokenCacheSeconds: number;
  };
}

export function principalSource({ authentication, keystone }: AuthenticationOptions, policy: Policy, session: KeystoneSession | undefined): PrincipalSource {
  switch (authentication) {
    case 'none':
      return new EverybodyIsAdmin();
    case 'keystone':
      if (!keystone || !session) throw new TypeError('the authentication by Keystone needs its options and a session');
      return new KeystoneAuthentication(policy, new TokenValidator(session, { cacheSeconds: keystone.tokenCacheSeconds }), keystone);
    default:
      return new FakeAuthentication(policy, authentication === 'fakeauth');
  }
}
