import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { CachedImagesService } from '#images';
import { MethodNotAllowed } from '../http/api.errors.js';
import { NoBody } from '../http/body.js';
import { Context } from '../http/principal.js';
import { cachedView } from './cache.view.js';

const ACTIONS = ['clean', 'prune'];
const CLEAR_TARGET = 'x-image-cache-clear-target';

/** What this node has in its cache (images-v2 §15). */
@Controller('v2/cache')
export class CacheController {
  constructor(private readonly cache: CachedImagesService) {}

  @Get()
  @NoBody()
  async state(@Context() context: CommandContext) {
    const { cached, queued } = await this.cache.state(context, 'cache_list');
    return { cached_images: cached.map(cachedView), queued_images: queued };
  }

  @Get('nodes/:id')
  @NoBody()
  nodes(@Context() context: CommandContext, @Param('id') id: string) {
    return this.cache.nodes(context, id);
  }

  @Put(':id')
  @HttpCode(202)
  async enqueue(@Context() context: CommandContext, @Param('id') id: string): Promise<void> {
    await this.cache.enqueue(context, id);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Context() context: CommandContext, @Param('id') id: string): Promise<void> {
    await this.cache.remove(context, id);
  }

  /** They are no images that could be put there or removed. */
  @Put(ACTIONS)
  refuseEnqueue(): never {
    throw new MethodNotAllowed('PUT', ['POST']);
  }

  @Delete(ACTIONS)
  refuseRemove(): never {
    throw new MethodNotAllowed('DELETE', ['POST']);
  }

  @Delete()
  @HttpCode(204)
  async clear(@Context() context: CommandContext, @Req() request: FastifyRequest): Promise<void> {
    const target = request.headers[CLEAR_TARGET];
    await this.cache.clear(context, 'cache_delete', typeof target === 'string' ? target : '');
  }

  @Post('clean')
  @HttpCode(200)
  async clean(@Context() context: CommandContext): Promise<void> {
    await this.cache.clean(context);
  }

  @Post('prune')
  @HttpCode(200)
  async prune(@Context() context: CommandContext) {
    const { files, bytes } = await this.cache.prune(context);
    return { total_files_pruned: files, total_bytes_pruned: bytes };
  }
}
