/** Refusals of the cache's management; see `image/image.errors.ts`. */
abstract class CacheRefusal extends Error {
  abstract readonly code: string;
}

export class CacheDisabled extends CacheRefusal {
  readonly code = 'CacheDisabled';
  constructor() {
    super('Caching via API is not supported at this site.');
  }
}

export class NotActiveForCache extends CacheRefusal {
  readonly code = 'NotActiveForCache';
  constructor() {
    super('Only images with status active can be targeted for queueing');
  }
}

export class BadCacheTarget extends CacheRefusal {
  readonly code = 'BadCacheTarget';
  constructor() {
    super("If provided 'x-image-cache-clear-target' must be 'cache', 'queue' or empty string.");
  }
}

export class NotCentralCache extends CacheRefusal {
  readonly code = 'NotCentralCache';
  constructor() {
    super('The nodes of a cache are known only with [DEFAULT] image_cache_driver = centralized_db.');
  }
}

export type CacheError = CacheDisabled | NotActiveForCache | BadCacheTarget | NotCentralCache;
