import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startIdentity } from './identity.js';
import type { Server } from './server.js';
import { TOKENS } from './story.js';

/** The openstack client asks Keystone for projects whose ids are no UUIDs. */
export const PROJECTS = { red: '0d000000-0000-4000-8000-0000000000aa', blue: '0d000000-0000-4000-8000-0000000000bb' };

const tokens = Object.fromEntries(
  Object.entries(TOKENS).map(([name, token]) => [name, token.replace(':red:', `:${PROJECTS.red}:`).replace(':blue:', `:${PROJECTS.blue}:`)]),
);

const writeClouds = (server: Server, clouds: readonly string[]) => writeFile(join(server.stateDir, 'clouds.yaml'), ['clouds:', ...clouds, ''].join('\n'));

/** A `clouds.yaml` for a service at which nobody authenticates. */
export async function withoutKeystone(server: Server): Promise<void> {
  await writeClouds(server, [`  alice: { auth_type: none, image_endpoint_override: '${server.url}', image_api_version: '2' }`]);
}

/** A `clouds.yaml` with one cloud a person, who logs in by password and finds the image service in the catalog. */
export async function withKeystone(server: Server): Promise<() => Promise<void>> {
  const { url, stop } = await startIdentity(server.url, tokens);
  await writeClouds(server, Object.entries(tokens).map(([name, token]) =>
    `  ${name}: { region_name: here, auth: { auth_url: '${url}', username: ${name}, password: x, project_id: '${token.split(':')[1]}', user_domain_id: default } }`));
  return stop;
}
