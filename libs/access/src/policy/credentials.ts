import type { Principal } from '../principal.js';

/** What a rule may ask of a caller, by the names of oslo.policy. */
export type PolicyCredentials = Readonly<Record<string, unknown>>;

const known = new WeakMap<Principal, PolicyCredentials>();

export function credentialsOfPrincipal(caller: Principal): PolicyCredentials {
  let found = known.get(caller);
  if (!found) known.set(caller, (found = describe(caller)));
  return found;
}

const describe = ({ user, project, roles, admin, service, serviceRoles = [], systemScope }: Principal): PolicyCredentials => ({
  user, user_id: user,
  tenant: project, project_id: project,
  roles: roles.map((role) => role.toLowerCase()),
  is_admin: admin,
  is_admin_project: true,
  service_user_id: service,
  service_roles: serviceRoles.map((role) => role.toLowerCase()),
  system_scope: systemScope ?? null,
  system: systemScope ?? null,
});
