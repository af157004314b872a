import { pathToFileURL } from 'node:url';
import type { ReadModelModuleAt, Settings } from '#settings';
import type { ReadModelDriver, ReadModelModule } from './read-model-driver.js';

/** The module that `data_api` names gives no read models. */
export class DriverUnusable extends Error {
  readonly code = 'DriverUnusable';
  constructor(name: string, why: string, cause?: unknown) {
    super(`[DEFAULT] data_api = ${name}: ${why}`, { cause });
  }
}

/** Loads what `data_api` names, and knows from it how many processes there may be. */
export async function withReadModelModule(settings: Settings): Promise<Settings> {
  const { readModelModule: at, values } = settings;
  if (!at || (await loadModule(at)).shared) return settings;
  if (values.DEFAULT.workers) throw new DriverUnusable(at.name, `only one process can use this driver: workers = ${values.DEFAULT.workers} must be 0`);
  return { ...settings, workers: 0 };
}

const PARTS = ['images', 'usage', 'metadefs', 'tasks', 'projections', 'target', 'close'] as const satisfies readonly (keyof ReadModelDriver)[];

export async function openDriver(at: ReadModelModuleAt, stateDir: string): Promise<ReadModelDriver> {
  const { open } = await loadModule(at);
  const driver = await open({ stateDir, ...(at.url === undefined ? {} : { url: at.url }) }, await import('./index.js')).catch((error: unknown) => {
    throw new DriverUnusable(at.name, `the driver did not open: ${messageOf(error)}`, error);
  });
  const missing = PARTS.filter((part) => driver[part] === undefined);
  if (missing.length > 0) throw new DriverUnusable(at.name, `what the driver opened lacks ${missing.join(', ')}`);
  return driver;
}

async function loadModule({ name, path }: ReadModelModuleAt): Promise<ReadModelModule> {
  const loaded = (await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new DriverUnusable(name, `the module cannot be loaded: ${messageOf(error)}`, error);
  })) as { readonly driver?: Partial<ReadModelModule> };
  const { driver } = loaded;
  if (typeof driver?.open !== 'function' || typeof driver.shared !== 'boolean') throw new DriverUnusable(name, 'the module has no export `driver` with `shared` and `open`');
  return driver as ReadModelModule;
}

/** For what only the read models of a database can have done to them. */
export function refuseModule(name: string | undefined, what: string): void {
  if (name !== undefined) throw new DriverUnusable(name, `${what} is for the read models of a database. Those of a driver of its own are made anew from the log when what it keeps is removed`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
