import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CommandContext } from '#event-store';
import { CachedImagesService, ImagesService, ImportService } from '#images';
import { Stores } from '#stores';
import { API_OPTIONS, type ApiOptions } from '../api.options.js';
import { baseUrl } from '../http/base-url.js';
import { NoBody, readJson } from '../http/body.js';
import { commandContext, Context, credentialsOf } from '../http/principal.js';
import { parseChanges } from './image-changes.js';
import { imageView } from './image.view.js';
import type { PatchOperation } from './json-patch.js';
import { parseListQuery } from './list-query.js';
import { parseNewImage } from './new-image.js';
import { PatchBody } from './patch-body.js';

/** The busiest routes take the request whole: each decorated argument costs Nest a turn of the event loop. */
@Controller('v2/images')
export class ImagesController {
  private readonly creationHeaders: Readonly<Record<string, string>>;

  constructor(
    private readonly images: ImagesService,
    private readonly cache: CachedImagesService,
    stores: Stores,
    { methods }: ImportService,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {
    this.creationHeaders = {
      ...(methods.length > 0 ? { 'openstack-image-import-methods': methods.join(',') } : {}),
      ...(stores.several ? { 'openstack-image-store-ids': stores.list().map(({ id }) => id).join(',') } : {}),
    };
  }

  @Post()
  @HttpCode(201)
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const draft = parseNewImage(await readJson(request), this.options.image);
    const image = await this.images.create(commandContext(request), draft);
    for (const [name, value] of Object.entries(this.creationHeaders)) void reply.header(name, value);
    void reply.header('location', `${baseUrl(request, this.options.publicEndpoint)}/v2/images/${image.id}`);
    return imageView(image, this.options.view);
  }

  @Get()
  async list(@Req() request: FastifyRequest) {
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const asked = parseListQuery(query, this.options.paging);
    const { images, next } = await this.images.list(commandContext(request), asked);
    query.delete('marker');
    const more = next === undefined ? undefined : new URLSearchParams([...query, ['marker', next]]);
    return {
      images: images.map((image) => imageView(image, this.options.view)),
      first: link(query),
      ...(more ? { next: link(more) } : {}),
      schema: '/v2/schemas/images',
    };
  }

  @Get(':id')
  @NoBody()
  async show(@Req() request: FastifyRequest<{ Params: { id: string } }>) {
    return imageView(await this.images.show(commandContext(request), request.params.id), this.options.view);
  }

  @Patch(':id')
  async change(@Context() context: CommandContext, @Param('id') id: string, @PatchBody() operations: PatchOperation[]) {
    const changes = parseChanges(operations, { schema: this.options.image, locations: this.options.view.locations });
    return imageView(await this.images.change(context, id, changes), this.options.view);
  }

  @Delete(':id')
  @NoBody()
  @HttpCode(204)
  async delete(@Context() context: CommandContext, @Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.images.delete(context, id, credentialsOf(request));
    await this.cache.drop(id);
  }
}

const link = (query: URLSearchParams): string => (query.size > 0 ? `/v2/images?${query.toString()}` : '/v2/images');
