import type { Principal } from '../principal.js';

/** What a rule may ask of a caller, by the names of oslo.policy. */
export type PolicyCredentials = Readonly<Record<string, unknown>>;

const known = new WeakMap<Principal, PolicyCredentials>();

export function credentialsOfPrincipal(caller: Principal): PolicyCredentials {
  let found = known.get(caller);
  if (!found) known.set(caller, (found = describe(caller)));
  return found;
}

const describe = (caller: Principal): PolicyCredentials => ({
  user: caller.user, user_id: caller.user, user_domain_id: caller.userDomain ?? null,
  tenant: caller.project, project_id: caller.project, project_domain_id: caller.projectDomain ?? null,
  domain_id: caller.domain ?? null,
  system_scope: caller.systemScope ?? null, system: caller.systemScope ?? null,
  roles: caller.roles.map((role) => role.toLowerCase()),
  is_admin: caller.admin,
  is_admin_project: true,
  service_user_id: caller.service,
  service_roles: (caller.serviceRoles ?? []).map((role) => role.toLowerCase()),
});
