import { resolve } from 'node:path';
import type { ValuesOf } from './option.js';
import { backendOptions } from './options/glance-store.js';
import type { Values } from './options/index.js';
import type { Resolved, Resolver } from './resolver.js';
import { BadSetting } from './settings.errors.js';
import type { Backend, DataDirectory, FilesystemStoreOptions, HttpStoreOptions, Stores } from './settings.js';

type BackendValues = ValuesOf<typeof backendOptions>;
type Warn = (text: string) => void;

interface Given {
  readonly resolver: Resolver;
  readonly values: BackendValues;
  readonly warn: Warn;
}

const SERVED = ['file', 'http', 'memory'] as const;
const READ_ONLY: readonly string[] = ['http'];
const KNOWN = [...SERVED, 'rbd', 's3', 'swift', 'cinder', 'vmware'];
/** What Glance ended with where nothing takes uploads; scripts that start it look for that. */
const NO_DEFAULT_STORE = 255;
const isServed = (type: string): type is (typeof SERVED)[number] => SERVED.some((served) => served === type);

/** Also from Folsom's class names (`glance.store.filesystem.Store`). */
function typeOf(name: string): string {
  const word = (/^(?:glance\.store\.|glance_store\._drivers\.)(\w+)\.Store$/.exec(name)?.[1] ?? name).toLowerCase();
  return word === 'filesystem' ? 'file' : word.replace(/^vmware_datastore$/, 'vmware').replace(/^https$/, 'http');
}

/** A class or a module of somebody else, instead of a type's name. */
const isForeign = (name: string): boolean => /[./\\:]/.test(name) && !KNOWN.includes(typeOf(name));

function dataDirectory(group: string, text: string): DataDirectory {
  const colon = text.lastIndexOf(':');
  const path = (colon < 0 ? text : text.slice(0, colon)).trim();
  const priority = colon < 0 ? '0' : text.slice(colon + 1).trim();
  if (path === '' || !/^\d+$/.test(priority)) throw new BadSetting(group, 'filesystem_store_datadirs', text, 'allowed: DIRECTORY or DIRECTORY:PRIORITY');
  return { path: resolve(path), priority: Number(priority) };
}

function dataDirectories(group: string, values: BackendValues, resolver: Resolver): readonly DataDirectory[] {
  if (values.filesystem_store_datadirs.length === 0) return [{ path: resolve(values.filesystem_store_datadir), priority: 0 }];
  if (resolver.given(group, 'filesystem_store_datadir')) {
    throw new BadSetting(group, 'filesystem_store_datadirs', values.filesystem_store_datadirs.join(', '), 'exclusive with filesystem_store_datadir: set one of them');
  }
  const directories = values.filesystem_store_datadirs.map((text) => dataDirectory(group, text));
  return directories.toSorted((a, b) => b.priority - a.priority);
}

function filePerm(group: string, value: number): number {
  const perm = Number.parseInt(String(value), 8);
  if (!/^[0-7]{1,4}$/.test(String(value))) throw new BadSetting(group, 'filesystem_store_file_perm', String(value), 'allowed: octal digits as in 640');
  return perm;
}

function filesystemOptions(group: string, values: BackendValues, resolver: Resolver): FilesystemStoreOptions {
  return {
    datadirs: dataDirectories(group, values, resolver),
    filePerm: filePerm(group, values.filesystem_store_file_perm),
  };
}

function httpOptions(group: string, { https_ca_certificates_file: caFile, https_insecure: insecure }: BackendValues, warn: Warn): HttpStoreOptions {
  if (caFile) return { caFile: resolve(caFile), insecure: false };
  if (insecure) warn(`[${group}] https_insecure = True: any server on the way can give other data than the one that a location names`);
  return { insecure };
}

function backend(id: string, type: (typeof SERVED)[number], group: string, { resolver, values, warn }: Given): Backend {
  const any = { id, description: values.store_description, weight: values.weight, properties: {} };
  switch (type) {
    case 'file':
      return fileBackend(any, filesystemOptions(group, values, resolver), values);
    case 'http':
      return { ...any, type, options: httpOptions(group, values, warn) };
    case 'memory':
      return { ...any, type, options: {} };
  }
}

/** The first folder stands for all. */
function fileBackend(any: Omit<Backend, 'type' | 'options'>, options: FilesystemStoreOptions, values: BackendValues): Backend {
  const properties = {
    data_dir: options.datadirs[0]?.path ?? '',
    chunk_size: values.filesystem_store_chunk_size,
    thin_provisioning: values.filesystem_thin_provisioning,
  };
  return { ...any, type: 'file', options, properties };
}

function refuseUnknown(group: string, option: string, type: string): void {
  if (!KNOWN.includes(type)) throw new BadSetting(group, option, type, `allowed: ${KNOWN.join(', ')}`);
}

function singleStore(values: Values, resolver: Resolver, warn: Warn): Stores {
  const named = values.glance_store.stores;
  const foreign = named.filter(isForeign);
  if (foreign.length > 0) warn(`[DEFAULT] known_stores: left out, since there is no store of that class here: ${foreign.join(', ')}`);
  const asked = [...new Set(named.filter((name) => !isForeign(name)).map(typeOf))];
  for (const type of asked) refuseUnknown('glance_store', 'stores', type);
  const types = asked.filter(isServed);
  const unserved = asked.filter((type) => !isServed(type));
  if (unserved.length > 0 && resolver.given('glance_store', 'stores')) warn(`stores of these types are not served yet: ${unserved.join(', ')}`);
  const writable = types.filter((type) => !READ_ONLY.includes(type));
  const chosen = writable.find((type) => type === typeOf(values.glance_store.default_store));
  if (!chosen) throw new BadSetting('glance_store', 'default_store', values.glance_store.default_store, `allowed: one of [glance_store] stores that is served and takes data: ${writable.join(', ')}`, NO_DEFAULT_STORE);
  const backends = types.map((type) => backend(type, type, 'glance_store', { resolver, values: values.glance_store, warn }));
  return { multi: false, default: chosen, backends };
}

function checkId(id: string, type: string): void {
  if (id.startsWith('os_glance_')) throw new BadSetting('DEFAULT', 'enabled_backends', id, 'names that start with os_glance_ are reserved');
  refuseUnknown('DEFAULT', 'enabled_backends', typeOf(type));
}

function multiStore(enabled: ReadonlyMap<string, string>, values: Values, resolver: Resolver, warn: Warn): Stores {
  for (const [id, type] of enabled) checkId(id, type);
  const unserved = [...enabled].filter(([, type]) => !isServed(typeOf(type)));
  if (unserved.length > 0) warn(`stores of these types are not served yet: ${unserved.map(([id, type]) => `${id}:${type}`).join(', ')}`);
  const backends = [...enabled].flatMap(([id, name]) => {
    const type = typeOf(name);
    const group = id.toLowerCase();
    return isServed(type) ? [backend(id, type, group, { resolver, values: resolver.values(group, backendOptions), warn })] : [];
  });
  const chosen = values.glance_store.default_backend;
  const ids = backends.filter(({ type }) => !READ_ONLY.includes(type)).map(({ id }) => id);
  if (!chosen || !ids.includes(chosen)) throw new BadSetting('glance_store', 'default_backend', chosen ?? '(not set)', `allowed: an id of enabled_backends that is served and takes data: ${ids.join(', ')}`);
  return { multi: true, default: chosen, backends };
}

export function storesOf(values: Values, resolver: Resolver, warn: Warn): Stores {
  const enabled = values.DEFAULT.enabled_backends;
  const stores = enabled && enabled.size > 0 ? multiStore(enabled, values, resolver, warn) : singleStore(values, resolver, warn);
  const paths = stores.backends.flatMap((each) => (each.type === 'file' ? each.options.datadirs.map(({ path }) => path) : []));
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new BadSetting('DEFAULT', 'enabled_backends', twice, 'two stores share this directory; each needs its own filesystem_store_datadir');
  return stores;
}

/** The default directory is not in effect where several directories are named. */
export function inEffect(resolved: readonly Resolved[]): readonly Resolved[] {
  const several = resolved.filter(({ option, value }) => option === 'filesystem_store_datadirs' && Array.isArray(value) && value.length > 0);
  const groups = new Set(several.map(({ group }) => group));
  return resolved.filter(({ group, option }) => option !== 'filesystem_store_datadir' || !groups.has(group));
}
