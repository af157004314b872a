import type { Principal } from '../principal.js';

/** What a rule may ask of a caller, by the names of oslo.policy. */
export type PolicyCredentials = Readonly<Record<string, unknown>>;

const known = new WeakMap<Principal, PolicyCredentials>();

export function credentialsOfPrincipal(caller: Principal): PolicyCredentials {
  let found = known.get(caller);
  if (!found) known.set(caller, (found = describe(caller)));
  return found;
}

const describe = ({ user, project, roles, admin, service }: Principal): PolicyCredentials => ({
  user, user_id: user,
  tenant: project, project_id: project,
  roles: roles.map((role) => role.toLowerCase()),
  is_admin: admin,
  service_user_id: service,
});
