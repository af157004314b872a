import { Logger } from '@nestjs/common';
import type { Settings } from '#settings';
import { ImageCache, type CacheNodes, type NodeCache } from '#stores';

/** The cache that the settings ask for, its folder made; undefined: there is none. */
export async function openCache({ imageCache, imports }: Pick<Settings, 'imageCache' | 'imports'>, nodes: CacheNodes): Promise<NodeCache | undefined> {
  if (!imageCache) return undefined;
  const { dir, maxSize, stallTime, invalidGrace, serves, central, node } = imageCache;
  const name = imports.selfUrl ?? node;
  const log = new Logger('Cache');
  // What is not noted now is noted at the next start.
  const changed = (imageId: string, cached: boolean) => void nodes.note(name, imageId, cached).catch(() => undefined);
  const images = new ImageCache({ dir, maxSize, stallTime, invalidGrace, warn: (text) => log.warn(text), ...(central ? { changed } : {}) });
  await images.prepare();
  return { images, serves, name, ...(central ? { nodes } : {}) };
}
