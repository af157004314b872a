import { isDeepStrictEqual } from 'node:util';
import { redactUrls, type Settings } from '#settings';

function processes({ workers }: Settings): string[] {
  return workers === 0 ? [] : [`  ${workers} HTTP worker${workers === 1 ? '' : 's'} and a background process`];
}

function whereThingsAre({ eventStore, readModel: own, readModelModule, stores, stateDir }: Settings): string[] {
  const events = { embedded: `events in ${stateDir}/postgres`, memory: 'events in memory', postgres: 'events in the PostgreSQL of the settings', kurrent: 'events in the KurrentDB of the settings' };
  const readModel = readModelModule ? [`what is read of them with ${readModelModule.name}`] : isDeepStrictEqual(eventStore, own) ? [] : [`what is read of them ${own.kind === 'embedded' ? `in ${stateDir}/postgres` : 'in the PostgreSQL of [read_model] or [database]'}`];
  const bytes = stores.backends.filter(({ type }) => type !== 'http').map((each) => (each.type === 'file' ? `${each.id} images in ${each.options.datadirs.map(({ path }) => path).join(', ')}` : `${each.id} images in memory`));
  return [`  ${[events[eventStore.kind], ...readModel, ...bytes].join('; ')}`];
}

function loudly({ authentication, keystone, eventStore, stores }: Settings): string[] {
  const lines = [whoCalls(authentication, keystone)];
  if (eventStore.kind === 'memory') lines.push('  IN MEMORY: every image is forgotten when this process ends.');
  else if (stores.backends.some(({ type }) => type === 'memory')) lines.push('  IN MEMORY: the bytes of images in the memory store are lost when this process ends.');
  return lines;
}

function whoCalls(authentication: Settings['authentication'], keystone: Settings['keystone']): string {
  if (authentication === 'keystone') return `  callers authenticate at Keystone, ${redactUrls(keystone?.wwwAuthenticateUri ?? '')}`;
  const anything = 'whoever reaches this address may read, change and delete every image.';
  return authentication === 'none' ? `  NOBODY AUTHENTICATES: ${anything}` : `  EVERY CALLER IS BELIEVED (${authentication}, for tests): ${anything}`;
}

/** What can be typed right away; with Keystone, by somebody whose `OS_USERNAME`, `OS_PASSWORD` … are set. */
function tries(url: string, { authentication, keystone }: Settings): string[] {
  const create = '--disk-format iso --container-format bare --file grub-rescue-cdrom.iso --progress';
  if (authentication === 'keystone') {
    return [
      `  glance --os-auth-url ${redactUrls(keystone?.wwwAuthenticateUri ?? '')} --os-image-url ${url} image-create --name grub ${create}`,
      `  curl -s ${url}/v2/images -H "X-Auth-Token: $(openstack token issue -f value -c id)"`,
    ];
  }
  const token = authentication === 'fakeauth' ? 'admin:admin:admin' : 'x';
  return [
    `  glance --os-image-url ${url} --os-auth-token ${token} --os-auth-url ${url}/v3 image-create --name grub ${create}`,
    `  curl -s ${url}/v2/images`,
  ];
}

/** An address that a client on this machine can call. */
const callable = (address: string) => address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');

/** What somebody who has just started it reads. */
export function greeting(settings: Settings, address: string, version: string): string {
  const url = callable(address).replace(/\/$/, '');
  return [
    `Afterimage ${version} serves the Images API on ${address}`,
    ...whereThingsAre(settings),
    ...processes(settings),
    ...loudly(settings),
    'Try:',
    ...tries(url, settings),
    '',
  ].join('\n');
}
