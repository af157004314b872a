import { Controller, Delete, Get, Head, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CachedImagesService, Forbidden, ImageNotFound, ImagesService, NotQueuedForUpload, type Image } from '#images';
import { Stores } from '#stores';
import { API_OPTIONS, type ApiOptions } from '../api.options.js';
import { InvalidValue, MethodNotAllowed } from '../http/api.errors.js';
import { baseUrl } from '../http/base-url.js';
import { commandContext, credentialsOf } from '../http/principal.js';
import { ImageDataV1, type ImageRequest } from './image-data.js';
import { imageMetaOf, type ImageMeta } from './image-headers.js';
import { changesOf, draftOf, purgesProperties } from './image-request.js';
import { imageSource, refuseMissingFormats, refuseTooLarge } from './image-source.js';
import { briefView, etag, imageHeaders, imageView } from './image.view.js';
import { parseListQuery } from './list-query.js';
import { forbiddenField, metaValues } from './meta-values.js';

@Controller('v1/images')
export class ImagesV1Controller {
  constructor(
    private readonly images: ImagesService,
    private readonly data: ImageDataV1,
    private readonly cache: CachedImagesService,
    @Inject(Stores) private readonly stores: Stores,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  async index(@Req() request: FastifyRequest) {
    return { images: (await this.list(request)).map(briefView) };
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest) {
    return { images: (await this.list(request)).map(imageView) };
  }

  @Head(':id')
  async meta(@Req() request: FastifyRequest, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    refuseCollection(request, id);
    const image = await this.images.showAny(commandContext(request), id);
    await reply.headers(imageHeaders(image)).header('content-length', '0').type('text/html; charset=UTF-8').send();
  }

  @Post()
  @HttpCode(201)
  async create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const { meta, ...asked } = this.parse(request);
    refuseMissingFormats(asked.source, asked.values);
    const image = await this.data.create(asked, draftOf(asked.values, meta, request.principal.admin));
    void reply.headers(etag(image)).header('location', `${baseUrl(request, this.options.publicEndpoint)}/v1/images/${image.id}`);
    return { image: imageView(image) };
  }

  @Put(':id')
  async change(@Req() request: FastifyRequest, @Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    refuseCollection(request, id);
    const { meta, ...asked } = this.parse(request);
    const { admin } = request.principal;
    const before = await this.images.showAny(commandContext(request), id);
    refuseChange(before, asked, admin);
    const purge = purgesProperties(request) && asked.source.kind !== 'body';
    const image = await this.data.change(asked, id, changesOf(asked.values, meta, before, { admin, purge }));
    void reply.headers(etag(image));
    return { image: imageView(image) };
  }

  @Delete(':id')
  async delete(@Req() request: FastifyRequest, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    refuseCollection(request, id);
    const context = commandContext(request);
    const { status } = await this.images.showAny(context, id);
    if (status === 'pending_delete') throw new Forbidden('Forbidden to delete a pending_delete image.');
    if (status === 'deleted') throw new ImageNotFound(id);
    await this.images.delete(context, id, credentialsOf(request));
    await this.cache.drop(id);
    await reply.code(200).header('content-length', '0').send();
  }

  private async list(request: FastifyRequest): Promise<readonly Image[]> {
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const asked = parseListQuery(query, this.options.paging, request.principal.admin);
    return (await this.images.list(commandContext(request), asked)).images;
  }

  private parse(request: FastifyRequest): ImageRequest & { readonly meta: ImageMeta } {
    const meta = imageMetaOf(request.headers);
    const values = metaValues(meta, this.options.image);
    refuseTooLarge(request, values, this.options.imageSizeCap);
    return { request, meta, values, source: imageSource(request, values, this.stores) };
  }
}

/** `/v1/images/detail` is a list, and no image has that id. */
export function refuseCollection({ method }: FastifyRequest, id: string): void {
  if (id === 'detail') throw new MethodNotAllowed(method, ['GET']);
}

function refuseChange(image: Image, { values, source }: ImageRequest, admin: boolean): void {
  if (image.deletedAt !== null) throw new Forbidden('Forbidden to update deleted image.');
  const field = forbiddenField(values, image, admin);
  if (field !== undefined) throw new Forbidden(`Forbidden to modify '${field}' of ${image.status} image.`);
  if (image.status === 'queued' || source.kind === 'none') {
    refuseMissingFormats(source, { diskFormat: values.diskFormat ?? image.diskFormat, containerFormat: values.containerFormat ?? image.containerFormat });
    return;
  }
  if (source.kind === 'body') throw new NotQueuedForUpload(image.id, image.status);
  throw new InvalidValue('Attempted to update Location field for an image not in queued status.');
}
