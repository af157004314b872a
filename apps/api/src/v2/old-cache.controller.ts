import { Controller, Delete, Get, Header, HttpCode, Param, Put } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { CachedImagesService } from '#images';
import { NoBody } from '../http/body.js';
import { Context } from '../http/principal.js';
import { cachedView } from './cache.view.js';

const RULE = 'manage_image_cache';

/** Glance's paths of old, with `+cachemanagement` in the flavor; every answer is 200. */
@Controller(['v1', 'v2'])
export class OldCacheController {
  constructor(private readonly cache: CachedImagesService) {}

  @Get('cached_images')
  @NoBody()
  async cached(@Context() context: CommandContext) {
    return { cached_images: (await this.cache.state(context, RULE)).cached.map(cachedView) };
  }

  @Get('queued_images')
  @NoBody()
  async queued(@Context() context: CommandContext) {
    return { queued_images: (await this.cache.state(context, RULE)).queued };
  }

  @Delete('cached_images')
  async clearCached(@Context() context: CommandContext) {
    return { num_deleted: (await this.cache.clear(context, RULE, 'cache')).cache };
  }

  @Delete('queued_images')
  async clearQueued(@Context() context: CommandContext) {
    return { num_deleted: (await this.cache.clear(context, RULE, 'queue')).queue };
  }

  @Delete('cached_images/:id')
  @Header('content-type', 'application/json')
  async removeCached(@Context() context: CommandContext, @Param('id') id: string): Promise<string> {
    await this.cache.forget(context, 'cache', id);
    return 'null';
  }

  @Delete('queued_images/:id')
  @Header('content-type', 'application/json')
  async removeQueued(@Context() context: CommandContext, @Param('id') id: string): Promise<string> {
    await this.cache.forget(context, 'queue', id);
    return 'null';
  }

  @Put('queued_images/:id')
  @Header('content-type', 'application/json')
  @HttpCode(200)
  async enqueue(@Context() context: CommandContext, @Param('id') id: string): Promise<string> {
    await this.cache.enqueueUnseen(context, id);
    return 'null';
  }
}
