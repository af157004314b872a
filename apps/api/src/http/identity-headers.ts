import type { IncomingHttpHeaders } from 'node:http';

/** What keystonemiddleware tells the service behind it, by header; here it can only come from a client. */
const OF_BOTH = [
  'identity-status', 'domain-id', 'domain-name', 'project-id', 'project-name', 'project-domain-id', 'project-domain-name',
  'user-id', 'user-name', 'user-domain-id', 'user-domain-name', 'roles',
];
const IDENTITY_HEADERS = [
  ...OF_BOTH.flatMap((name) => [`x-${name}`, `x-service-${name}`]),
  'x-is-admin-project', 'x-service-catalog', 'openstack-system-scope', 'x-user', 'x-tenant-id', 'x-tenant-name', 'x-tenant', 'x-role',
];

/** So that nothing that reads headers can ever take a client's word for who it is. */
export function stripIdentity(headers: IncomingHttpHeaders): void {
  for (const name of IDENTITY_HEADERS) if (headers[name] !== undefined) delete headers[name];
}
