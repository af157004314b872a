import { Inject, Injectable, Optional } from '@nestjs/common';
import { POLICY, type Policy, type PolicyRule } from '#access';
import type { CommandContext } from '#event-store';
import { isCacheable, NODE_CACHE, type CachedImage, type NodeCache, type Pruned } from '#stores';
import { ImageAccess } from './image-access.js';
import { BadCacheTarget, CacheDisabled, NotActiveForCache, NotCentralCache } from './cache.errors.js';
import { Forbidden, ImageNotFound } from './image/image.errors.js';
import type { Image } from './image/image.js';
import { policyTarget } from './policy-target.js';

export interface CacheState {
  readonly cached: readonly CachedImage[];
  readonly queued: readonly string[];
}

/** The management of this node's cache (images-v2 §15): first the policy, then whether there is one. */
@Injectable()
export class CachedImagesService {
  constructor(
    private readonly access: ImageAccess,
    @Inject(POLICY) private readonly policy: Policy,
    @Optional() @Inject(NODE_CACHE) private readonly cache?: NodeCache,
  ) {}

  async state({ actor }: CommandContext, rule: PolicyRule): Promise<CacheState> {
    const { images } = this.permitted(actor, rule);
    // In this order: what leaves the queue in between is cached by then.
    const queued = await images.queued();
    return { queued, cached: await images.list() };
  }

  /** The image is fetched soon, by a job of this node. */
  async enqueue({ actor }: CommandContext, id: string): Promise<void> {
    const image = await this.access.find(actor, id);
    const { images } = this.permitted(actor, 'cache_image', image);
    if (image.status !== 'active') throw new NotActiveForCache();
    await images.enqueue(image.id);
  }

  /** By the old paths, which do not look at the image. */
  async enqueueUnseen({ actor }: CommandContext, id: string): Promise<void> {
    const { images } = this.permitted(actor, 'manage_image_cache');
    if (!isCacheable(id)) throw new ImageNotFound(id);
    await images.enqueue(id);
  }

  /** Also of an image that is deleted by now, as long as it is cached. */
  async remove({ actor }: CommandContext, id: string): Promise<void> {
    const image = await this.access.find(actor, id).catch((error: unknown) => {
      if (error instanceof ImageNotFound) return undefined;
      throw error;
    });
    const { images } = this.permitted(actor, 'cache_delete', image);
    const there = [await images.remove(id), await images.dequeue(id)];
    if (!image && !there.includes(true)) throw new ImageNotFound(id);
  }

  /** Of an image that is deleted: nobody can ask for it any more, and its room is free at once. */
  async drop(id: string): Promise<void> {
    // What cannot be removed now is cleaned away later.
    await this.cache?.images.remove(id).catch(() => undefined);
  }

  async forget({ actor }: CommandContext, what: 'cache' | 'queue', id: string): Promise<void> {
    const { images } = this.permitted(actor, 'manage_image_cache');
    if (what === 'cache') await images.remove(id);
    else await images.dequeue(id);
  }

  /** Answers how many of each went. */
  async clear({ actor }: CommandContext, rule: PolicyRule, target = ''): Promise<{ readonly cache: number; readonly queue: number }> {
    const { images } = this.permitted(actor, rule);
    const what = target.toLowerCase();
    if (!['', 'cache', 'queue'].includes(what)) throw new BadCacheTarget();
    return {
      cache: what === 'queue' ? 0 : await images.clear('cache'),
      queue: what === 'cache' ? 0 : await images.clear('queue'),
    };
  }

  async prune({ actor }: CommandContext): Promise<Pruned> {
    return this.permitted(actor, 'cache_prune').images.prune();
  }

  async clean({ actor }: CommandContext): Promise<void> {
    await this.permitted(actor, 'cache_clean').images.clean();
  }

  /** The nodes that have the image in their caches. */
  async nodes({ actor }: CommandContext, id: string): Promise<readonly string[]> {
    const image = await this.access.find(actor, id);
    const { nodes } = this.permitted(actor, 'list_cached_nodes', image);
    if (!nodes) throw new NotCentralCache();
    return nodes.with(image.id);
  }

  private permitted(actor: CommandContext['actor'], rule: PolicyRule, image?: Image): NodeCache {
    const target = image ? policyTarget(image, actor) : {};
    if (!this.policy.allows(rule, actor, target)) throw new Forbidden(`You are not authorized to complete ${rule} action.`);
    if (!this.cache) throw new CacheDisabled();
    return this.cache;
  }
}
