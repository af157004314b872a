/** Which nodes have which image in their caches: process state that every node keeps of its own. */
export interface CacheNodes {
  /** Takes note that the node's cache has the image, or has it no more. */
  note(node: string, imageId: string, cached: boolean): Promise<void>;
  /** Replaces all that is known of the node. */
  replace(node: string, imageIds: readonly string[]): Promise<void>;
  /** In the order of their names. */
  with(imageId: string): Promise<readonly string[]>;
}

export const CACHE_NODES = Symbol('CacheNodes');

/** One process. */
export class MemoryCacheNodes implements CacheNodes {
  private readonly nodes = new Map<string, Set<string>>();

  async note(node: string, imageId: string, cached: boolean): Promise<void> {
    const images = this.nodes.get(node) ?? new Set();
    this.nodes.set(node, images);
    if (cached) images.add(imageId.toLowerCase());
    else images.delete(imageId.toLowerCase());
  }

  async replace(node: string, imageIds: readonly string[]): Promise<void> {
    this.nodes.set(node, new Set(imageIds.map((id) => id.toLowerCase())));
  }

  async with(imageId: string): Promise<readonly string[]> {
    return [...this.nodes].filter(([, images]) => images.has(imageId.toLowerCase())).map(([node]) => node).toSorted();
  }
}
