import { createDriver, type StoreSettings } from './create-driver.js';
import { GuardedStore } from './guarded-store.js';
import { hashAlgorithm } from './hashing/hash-algorithm.js';
import { UriFilter } from './uri-filter/uri-filter.js';

/** The stores of this process, by the names that the operator gave them. */
export class Stores {
  readonly default: GuardedStore;
  private readonly stores: ReadonlyMap<string, GuardedStore>;

  /**
   * The filter judges every URL that a store is to follow, and those that somebody wants to give it. `several`: the
   * operator named the stores (`enabled_backends`), and clients see the names.
   */
  constructor(settings: readonly StoreSettings[], defaultId: string, readonly uriFilter: UriFilter = new UriFilter(), readonly several = false) {
    const twice = settings.find(({ id }, index) => settings.findIndex((other) => other.id === id) !== index);
    if (twice) throw new Error(`There are two stores named ${twice.id}.`);
    this.stores = new Map(settings.map((each) => [each.id, new GuardedStore(each.id, createDriver(each, uriFilter), each)]));
    this.default = this.byId(defaultId);
    if (this.default.readOnly) throw new Error(`The store ${defaultId} takes no data: it cannot be the default.`);
  }

  find(id: string): GuardedStore | undefined {
    return this.stores.get(id);
  }

  /** What lies in the heaviest store first; of equal ones in the order in which they are configured. What is in no store comes last. */
  byWeight<T extends { readonly store: string }>(places: readonly T[]): readonly T[] {
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
