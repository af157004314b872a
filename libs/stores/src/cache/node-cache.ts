import type { CacheNodes } from './cache-nodes.js';
import type { ImageCache } from './image-cache.js';

/** This node's cache and what of it is in use. */
export interface NodeCache {
  readonly images: ImageCache;
  /** Downloads are served through it. */
  readonly serves: boolean;
  /** What all nodes have; absent: each knows of itself alone. */
  readonly nodes?: CacheNodes;
  /** Where other nodes know this one by: its URL, or its name where it has none. */
  readonly name: string;
}

/** Absent: nothing is cached. */
export const NODE_CACHE = Symbol('NodeCache');
