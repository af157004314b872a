import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ExternalDataService, ImageDataService, ImagesService, ImportService, type AskedChange, type Image, type ImageDraft } from '#images';
import { Stores, StoreReadOnly } from '#stores';
import { InvalidValue } from '../http/api.errors.js';
import { bodyBytes } from '../http/body.js';
import { commandContext, credentialsOf } from '../http/principal.js';
import { isOctetStream } from '../http/octet-stream.js';
import { storeNamed, type ImageSource } from './image-source.js';
import type { MetaValues } from './meta-values.js';

/** A request that makes or changes an image, taken apart. */
export interface ImageRequest {
  readonly request: FastifyRequest;
  readonly values: MetaValues;
  readonly source: ImageSource;
}

/** Gives images their data the way that version 1 names it: with what makes or changes them. */
@Injectable()
export class ImageDataV1 {
  constructor(
    private readonly images: ImagesService,
    private readonly external: ExternalDataService,
    private readonly uploads: ImageDataService,
    private readonly imports: ImportService,
    @Inject(Stores) private readonly stores: Stores,
  ) {}

  async create(asked: ImageRequest, draft: ImageDraft): Promise<Image> {
    const { request, values, source } = asked;
    const context = commandContext(request);
    const store = storeNamed(values.store, this.stores);
    if (source.kind === 'location') return this.external.register(context, draft, { url: source.url, ...(values.size === undefined ? {} : { size: values.size }) });
    if (source.kind === 'none' && values.size === 0) return this.external.registerEmpty(context, draft);
    if (source.kind === 'copy') await this.imports.checkSource(context, source.url);
    const image = await this.images.create(context, draft);
    return this.fill(asked, image, store);
  }

  async change(asked: ImageRequest, id: string, changes: readonly AskedChange[]): Promise<Image> {
    const { request, values, source } = asked;
    const context = commandContext(request);
    const store = storeNamed(values.store, this.stores);
    if (source.kind === 'location') return this.external.attach(context, id, changes, { url: source.url, ...(values.size === undefined ? {} : { size: values.size }) });
    if (source.kind === 'copy') await this.imports.checkSource(context, source.url);
    return this.fill(asked, await this.images.change(context, id, changes), store);
  }

  private async fill({ request, values, source }: ImageRequest, image: Image, store: string | undefined): Promise<Image> {
    const context = commandContext(request);
    if (source.kind === 'copy') await this.imports.copyFrom(context, image.id, source.url, store ?? this.stores.default.id);
    else if (source.kind === 'body') await this.upload(request, image.id, values, store);
    else return image;
    return this.images.show(context, image.id);
  }

  private async upload(request: FastifyRequest, id: string, { size, checksum }: MetaValues, store: string | undefined): Promise<void> {
    const context = commandContext(request);
    const refuse = async (error: Error) => {
      await this.uploads.kill(context, id, error);
      throw error;
    };
    if (!isOctetStream(request)) await refuse(new InvalidValue('Content-Type must be application/octet-stream'));
    if (store !== undefined && this.stores.byId(store).readOnly) await refuse(new StoreReadOnly(store, `The store ${store} takes no data.`));
    const length = request.headers['content-length'];
    await this.uploads.upload(context, id, {
      source: bodyBytes(request),
      ...(size === undefined && length === undefined ? {} : { size: size ?? Number(length) }),
      ...(checksum == null ? {} : { checksum }),
      ...(store === undefined ? {} : { store }),
      credentials: credentialsOf(request),
      failsTo: 'killed',
    });
  }
}
