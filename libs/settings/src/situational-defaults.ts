import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const stateHome = (env: Environment) => join(env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state'), 'afterimage');

/** Defaults that depend on how we run; as in a file, so that references to them work. */
export function situationalDefaults(env: Environment, embedded: boolean, memory: boolean, guarded: boolean): Map<string, string> {
  const defaults = new Map([
    ['DEFAULT.state_dir', stateHome(env).replaceAll('$', '$$$$')],
    // Glance listens everywhere; as long as nobody authenticates that has to be asked for.
    ['DEFAULT.bind_host', guarded ? '0.0.0.0' : '127.0.0.1'],
  ]);
  if (embedded) {
    defaults.set('glance_store.filesystem_store_datadir', '${DEFAULT.state_dir}/images');
    defaults.set('DEFAULT.node_staging_uri', 'file://${DEFAULT.state_dir}/staging');
  }
  if (memory) {
    defaults.set('glance_store.stores', 'memory,http');
    defaults.set('glance_store.default_store', 'memory');
  }
  return defaults;
}
