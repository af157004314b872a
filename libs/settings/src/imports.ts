import { isAbsolute, relative } from 'node:path';
import { nodeName } from './node-name.js';
import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';
import type { Backend, Stores } from './settings.js';

export const IMPORT_METHODS = ['glance-direct', 'web-download', 'glance-download', 'copy-image'] as const;
export type ImportMethodName = (typeof IMPORT_METHODS)[number];

/** Glance's name of the store for what is staged; operators' stores cannot have it. */
export const STAGING_STORE = 'os_glance_staging_store';

/** Where bytes wait to be imported. */
export interface Staging {
  /** Folder of this node for what is staged or worked on. */
  readonly dir: string;
  /** A store of its own; with `[staging] store` the id of one that is configured, whose bytes every node can read. */
  readonly store: Backend | string;
  /** The folder's parent is the operator's to make. */
  readonly parentMustExist: boolean;
  /** Names this node where bytes are on its own disk. */
  readonly node: string;
}

export interface Imports {
  readonly methods: readonly ImportMethodName[];
  /** Stores of one import that are written at a time. */
  readonly maxParallelStores: number;
  /** Where other nodes reach this one: `worker_self_reference_url`, else `public_endpoint`. */
  readonly selfUrl?: string;
}

export function importsOf({ DEFAULT: own, image_import_opts: opts }: Values): Imports {
  const unknown = own.enabled_import_methods.find((name) => !IMPORT_METHODS.some((method) => method === name));
  if (unknown !== undefined) throw new BadSetting('DEFAULT', 'enabled_import_methods', unknown, `allowed: ${IMPORT_METHODS.join(', ')}`);
  const selfUrl = own.worker_self_reference_url ?? own.public_endpoint;
  return {
    methods: IMPORT_METHODS.filter((method) => own.enabled_import_methods.includes(method)),
    maxParallelStores: opts.max_parallel_stores,
    ...(selfUrl === undefined ? {} : { selfUrl: selfUrl.replace(/\/+$/, '') }),
  };
}

export function stagingOf(dir: string, stateDir: string, stores: Stores, { staging: own }: Values): Staging {
  const any = { id: STAGING_STORE, description: '', weight: 0, properties: {} };
  const inMemory = stores.backends.find(({ id }) => id === stores.default)?.type === 'memory';
  const reserved: Backend = inMemory ? { ...any, type: 'memory', options: {} } : { ...any, type: 'file', options: { datadirs: [{ path: dir, priority: 0 }], filePerm: 0 } };
  return { dir, store: own.store === undefined ? reserved : configured(own.store, stores), parentMustExist: !isBelow(dir, stateDir), node: nodeName(dir) };
}

function configured(id: string, { backends }: Stores): string {
  const ids = backends.filter(({ type }) => type !== 'http').map((each) => each.id);
  if (!ids.includes(id)) throw new BadSetting('staging', 'store', id, `allowed: the id of a store that takes data: ${ids.join(', ')}`);
  return id;
}

function isBelow(path: string, parent: string): boolean {
  const way = relative(parent, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
