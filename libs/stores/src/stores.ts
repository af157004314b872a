import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDriver, type StoreSettings } from './create-driver.js';
import { GuardedStore } from './guarded-store.js';
import { StagingArea } from './staging-area.js';
import { hashAlgorithm } from './hashing/hash-algorithm.js';
import { UriFilter } from './uri-filter/uri-filter.js';

export interface StoresOptions {
  /** Judges every URL that a store is to follow, and those that somebody wants to give it. */
  readonly uriFilter?: UriFilter;
  /** The operator named the stores (`enabled_backends`), and clients see the names. */
  readonly several?: boolean;
  readonly staging?: StagingSettings;
}

export interface StagingSettings {
  /** A store of its own, or the id of one that keeps images too and that every node reaches. */
  readonly store: StoreSettings | string;
  readonly node: string;
  /** Folder of this node for what is worked on. */
  readonly dir: string;
  /** The folder whose parent must be there. */
  readonly parentOf?: string;
}

const IN_MEMORY: StagingSettings = { store: { id: 'staging', type: 'memory' }, node: 'here', dir: join(tmpdir(), 'afterimage-staging') };

/** The stores of this process, by the names that the operator gave them. */
export class Stores {
  readonly default: GuardedStore;
  private readonly stores: ReadonlyMap<string, GuardedStore>;

  readonly uriFilter: UriFilter;
  readonly several: boolean;
  readonly staging: StagingArea;

  constructor(settings: readonly StoreSettings[], defaultId: string, { uriFilter = new UriFilter(), several = false, staging = IN_MEMORY }: StoresOptions = {}) {
    this.uriFilter = uriFilter;
    this.several = several;
    const twice = settings.find(({ id }, index) => settings.findIndex((other) => other.id === id) !== index);
    if (twice) throw new Error(`There are two stores named ${twice.id}.`);
    this.stores = new Map(settings.map((each) => [each.id, new GuardedStore(each.id, createDriver(each, uriFilter), each)]));
    this.default = this.byId(defaultId);
    if (this.default.readOnly) throw new Error(`The store ${defaultId} takes no data: it cannot be the default.`);
    this.staging = this.openStaging(staging);
  }

  private openStaging({ store, node, dir: workDir, parentOf }: StagingSettings): StagingArea {
    if (typeof store === 'string') return new StagingArea({ store: this.byId(store), shared: true, workDir });
    const own = new GuardedStore(store.id, createDriver(store, this.uriFilter));
    return new StagingArea({ store: own, shared: false, workDir, node, ...(parentOf === undefined ? {} : { parentOf }) });
  }

  find(id: string): GuardedStore | undefined {
    return this.stores.get(id);
  }

  /**
   * With several stores what lies in the heaviest first; of equal ones in the order in which they are configured, and last
   * what is in no store. A single store has no weight: the order stays.
   */
  shown<T extends { readonly store: string }>(places: readonly T[]): readonly T[] {
    if (!this.several) return places;
    const ranks = new Map(this.list().toSorted((a, b) => b.weight - a.weight).map(({ id }, rank) => [id, rank]));
    const rank = ({ store }: T) => ranks.get(store) ?? ranks.size;
    return places.toSorted((a, b) => rank(a) - rank(b));
  }

  byId(id: string): GuardedStore {
    const store = this.stores.get(id);
    if (!store) throw new UnknownStore(id);
    return store;
  }

  /** The store whose driver answers for the URL, if any does. */
  forUrl(url: string): GuardedStore | undefined {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
    return this.list().find((store) => scheme !== undefined && store.schemes.includes(scheme) && store.owns(url));
  }

  list(): readonly GuardedStore[] {
    return [...this.stores.values()];
  }

  /** Fails with the first store that cannot work, or where a hash is asked for that cannot be computed. */
  async check(hash?: string): Promise<void> {
    if (hash !== undefined) hashAlgorithm(hash);
    for (const store of this.list()) await store.check();
  }
}

export class UnknownStore extends Error {
  readonly code = 'UnknownStore';
  constructor(readonly id: string) {
    super(`There is no store named ${id}.`);
  }
}
