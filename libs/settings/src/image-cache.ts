import { resolve } from 'node:path';
import { nodeName } from './node-name.js';
import type { Values } from './options/index.js';

/** The cache of images on this node's own disk: on with `image_cache_dir`. */
export interface ImageCacheSettings {
  readonly dir: string;
  /** Names this node among those that have caches. */
  readonly node: string;
  /** What all nodes have is known to each (`image_cache_driver = centralized_db`). */
  readonly central: boolean;
  /** Bytes */
  readonly maxSize: number;
  /** Seconds */
  readonly stallTime: number;
  readonly invalidGrace: number;
  readonly prefetchInterval: number;
  /** Downloads are served through it (`+caching` or `+cachemanagement` in the flavor). */
  readonly serves: boolean;
}

const has = (flavor = '', name: string): boolean => flavor.split('+').some((part) => part.trim().toLowerCase() === name);

/** The old paths of the cache's management are there, be there a cache or not. */
export const oldCachePathsOf = ({ paste_deploy: { flavor } }: Values): boolean => has(flavor, 'cachemanagement');

export function imageCacheOf({ DEFAULT: own, paste_deploy: { flavor } }: Values, warn: (text: string) => void): ImageCacheSettings | undefined {
  const serves = has(flavor, 'cachemanagement') || has(flavor, 'caching');
  if (own.image_cache_dir === undefined || own.image_cache_dir === '') {
    if (serves) warn(`[paste_deploy] flavor = ${String(flavor)}: nothing is cached before [DEFAULT] image_cache_dir is set`);
    return undefined;
  }
  const dir = resolve(own.image_cache_dir);
  return {
    dir, serves,
    node: nodeName(dir),
    central: own.image_cache_driver === 'centralized_db',
    maxSize: own.image_cache_max_size,
    stallTime: own.image_cache_stall_time,
    invalidGrace: own.image_cache_invalid_entry_grace_period,
    prefetchInterval: own.cache_prefetcher_interval,
  };
}
