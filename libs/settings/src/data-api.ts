import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Values } from './options/index.js';
import { BadSetting } from './settings.errors.js';

/** A module that gives the read models. */
export interface ReadModelModuleAt {
  /** As `data_api` names it. */
  readonly name: string;
  /** Of its file. */
  readonly path: string;
  /** `[read_model] url`, which is the module's own then. */
  readonly url?: string;
}

const SIMPLE = 'glance.db.simple.api';
const REGISTRY = 'glance.db.registry.api';
const OF_GLANCE: readonly string[] = ['glance.db.sqlalchemy.api', SIMPLE, REGISTRY];

/** Whether a value of `data_api` asks for everything to be kept in memory. */
export const isSimple = (dataApi: string | undefined): boolean => dataApi?.trim() === SIMPLE;

/** Undefined: one of the drivers that come along. */
export function readModelModuleOf({ DEFAULT: { data_api: name }, read_model: { url } }: Values, warn: (text: string) => void): ReadModelModuleAt | undefined {
  if (name === REGISTRY) warn(`[DEFAULT] data_api = ${REGISTRY}: there is no registry service here; the database of [event_store] or [database] is used`);
  return OF_GLANCE.includes(name) ? undefined : { name, path: pathOf(name), ...(url === undefined ? {} : { url }) };
}

/** A file by its path, from the working directory where it begins with a dot; else a package that is installed there or beside us. */
function pathOf(name: string): string {
  for (const from of [join(process.cwd(), 'glance-api.conf'), import.meta.filename]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      continue;
    }
  }
  throw new BadSetting('DEFAULT', 'data_api', name, `no such module; allowed: ${OF_GLANCE.join(', ')}, the path of a file (/srv/driver.mjs, ./driver.mjs) or the name of an installed package`);
}
