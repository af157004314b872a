import { BadImport } from '../image/import.errors.js';

const UUID = /^(?:urn:uuid:)?\{?([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})\}?$/i;

/** The method of a glance-download with what is assumed where the client says nothing; tempest looks for the text about the UUID. */
export function checkRemoteImage(method: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  for (const key of ['glance_region', 'glance_image_id']) {
    if (typeof method[key] !== 'string' || method[key] === '') throw new BadImport(`'${key}' needs to be set for glance-download import method`);
  }
  if (!UUID.test(String(method['glance_image_id']))) throw new BadImport(`Remote image id does not look like a UUID: ${String(method['glance_image_id']).slice(0, 100)}`);
  const { glance_service_interface: face = 'public' } = method;
  if (typeof face !== 'string') throw new BadImport("'glance_service_interface' must be text");
  return { ...method, glance_service_interface: face };
}
