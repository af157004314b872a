import type { Settings } from '#settings';

function processes({ workers }: Settings): string[] {
  return workers === 0 ? [] : [`  ${workers} HTTP worker${workers === 1 ? '' : 's'} and a background process`];
}

function whereThingsAre({ eventStore, stores, stateDir }: Settings): string[] {
  const events = { embedded: `events in ${stateDir}/postgres`, memory: 'events in memory', postgres: 'events in the PostgreSQL of the settings' };
  const bytes = stores.backends.filter(({ type }) => type !== 'http').map((each) => (each.type === 'file' ? `${each.id} images in ${each.options.datadirs.map(({ path }) => path).join(', ')}` : `${each.id} images in memory`));
  return [`  ${[events[eventStore.kind], ...bytes].join('; ')}`];
}

function loudly({ authentication, eventStore, stores }: Settings): string[] {
  const lines = [
    authentication === 'none'
      ? '  NOBODY AUTHENTICATES: whoever reaches this address may read, change and delete every image.'
      : `  EVERY CALLER IS BELIEVED (${authentication}, for tests): whoever reaches this address may read, change and delete every image.`,
  ];
  if (eventStore.kind === 'memory') lines.push('  IN MEMORY: every image is forgotten when this process ends.');
  else if (stores.backends.some(({ type }) => type === 'memory')) lines.push('  IN MEMORY: the bytes of images in the memory store are lost when this process ends.');
  return lines;
}

/** An address that a client on this machine can call. */
const callable = (address: string) => address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');

/** What somebody who has just started it reads. */
export function greeting(settings: Settings, address: string, version: string): string {
  const url = callable(address).replace(/\/$/, '');
  const token = settings.authentication === 'fakeauth' ? 'admin:admin:admin' : 'x';
  const glance = `glance --os-image-url ${url} --os-auth-token ${token} --os-auth-url ${url}/v3`;
  return [
    `Afterimage ${version} serves the Images API on ${address}`,
    ...whereThingsAre(settings),
    ...processes(settings),
    ...loudly(settings),
    'Try:',
    `  ${glance} image-create --name grub --disk-format iso --container-format bare --file grub-rescue-cdrom.iso --progress`,
    `  curl -s ${url}/v2/images`,
    '',
  ].join('\n');
}
