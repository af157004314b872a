import type { Policy } from '#access';
import { FakeAuthentication } from './fake-authentication.js';
import { EverybodyIsAdmin, type PrincipalSource } from './principal.js';

/** Who says who calls. */
export type Authentication = 'none' | 'fakeauth' | 'noauth';

export function principalSource(authentication: Authentication, policy: Policy): PrincipalSource {
  return authentication === 'none' ? new EverybodyIsAdmin() : new FakeAuthentication(policy, authentication === 'fakeauth');
}
