import { PASSWORD, type Keystone } from './keystone.js';

/** Each has one person of every role, `<project>-<role>`. */
export const PROJECTS = ['red', 'blue', 'green'] as const;
/** `idle` means nothing to anybody: Keystone gives no token for a project in which one has no role. */
export const ROLES = ['admin', 'member', 'reader', 'service', 'idle'] as const;

export type Project = (typeof PROJECTS)[number];
export type Role = (typeof ROLES)[number];

interface Item {
  readonly id: string;
  readonly name: string;
}

/** Three projects with one person of each role, and the image service's own user. */
export async function seedCloud(keystone: Keystone): Promise<void> {
  // One after the other: its SQLite takes one writer.
  for (const role of ROLES) await ensureRole(keystone, role);
  for (const project of PROJECTS) {
    await createProject(keystone, project);
    for (const role of ROLES) await createUser(keystone, `${project}-${role}`, { [project]: [role] });
  }
  await createProject(keystone, 'services');
  const glance = await createUser(keystone, 'glance', { services: ['admin', 'service'] });
  // Reads every project's limits.
  await keystone.request('PUT', `/system/users/${glance}/roles/${await ensureRole(keystone, 'reader')}`);
}

export async function createProject(keystone: Keystone, name: string): Promise<string> {
  const { project } = await keystone.request<{ project: Item }>('POST', '/projects', { project: { name, domain_id: 'default' } });
  keystone.ids.set(`project ${name}`, project.id);
  return project.id;
}

export function projectId(keystone: Keystone, name: string): string {
  const known = keystone.ids.get(`project ${name}`);
  if (known === undefined) throw new Error(`no project ${name} was created here`);
  return known;
}

/** The id of the role, which is created where there is none. */
export async function ensureRole(keystone: Keystone, name: string): Promise<string> {
  if (keystone.ids.size === 0) {
    const { roles } = await keystone.request<{ roles: Item[] }>('GET', '/roles');
    for (const role of roles) keystone.ids.set(`role ${role.name}`, role.id);
  }
  const id = keystone.ids.get(`role ${name}`) ?? (await keystone.request<{ role: Item }>('POST', '/roles', { role: { name } })).role.id;
  keystone.ids.set(`role ${name}`, id);
  return id;
}

/** With roles by the names of projects; answers the user's id. */
export async function createUser(keystone: Keystone, name: string, roles: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const { user } = await keystone.request<{ user: Item }>('POST', '/users', { user: { name, password: PASSWORD, domain_id: 'default' } });
  for (const [project, names] of Object.entries(roles)) {
    for (const role of names) {
      await keystone.request('PUT', `/projects/${projectId(keystone, project)}/users/${user.id}/roles/${await ensureRole(keystone, role)}`);
    }
  }
  return user.id;
}

/** Puts a service into the catalog, at the same URL for everybody; answers the ids of the service and of its public endpoint. */
export async function publish(keystone: Keystone, type: string, url: string, region = 'here'): Promise<{ readonly service: string; readonly endpoint: string }> {
  if (region !== 'here') await keystone.request('PUT', `/regions/${region}`, { region: {} });
  const { service } = await keystone.request<{ service: Item }>('POST', '/services', { service: { type, name: type } });
  const ids = [];
  for (const kind of ['public', 'internal', 'admin']) {
    const { endpoint } = await keystone.request<{ endpoint: Item }>('POST', '/endpoints', { endpoint: { service_id: service.id, interface: kind, region_id: region, url } });
    ids.push(endpoint.id);
  }
  return { service: service.id, endpoint: ids[0] ?? '' };
}

/** A unified limit: of every project, or, with `project`, of that one. Changes it where it is there. */
export async function limit(keystone: Keystone, service: string, name: string, amount: number, project?: string): Promise<void> {
  const of = project === undefined ? 'registered_limits' : 'limits';
  const field = project === undefined ? 'default_limit' : 'resource_limit';
  const where = new URLSearchParams({ service_id: service, resource_name: name, ...(project === undefined ? {} : { project_id: project }) });
  const found = (await keystone.request<Record<string, Item[]>>('GET', `/${of}?${where.toString()}`))[of]?.[0];
  if (found) return keystone.request('PATCH', `/${of}/${found.id}`, { [of.slice(0, -1)]: { [field]: amount } });
  await keystone.request('POST', `/${of}`, { [of]: [{ service_id: service, region_id: 'here', resource_name: name, [field]: amount, ...(project === undefined ? {} : { project_id: project }) }] });
}
