import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import type { Credentials } from '#access';
import type { CommandContext } from '#event-store';
import { redactUrl, Stores } from '#stores';
import { ImageAccess } from './image-access.js';
import { refuseImport, RequestImport } from './image/import-data.js';
import type { ImportMethod } from './image/import.events.js';
import { BadImport, ImportMethodDisabled } from './image/import.errors.js';
import type { Image } from './image/image.js';
import { IMAGES_OPTIONS, type ImagesOptions } from './images.options.js';
import { ImportCredentials } from './import/import-credentials.js';
import { storesFor, type AskedStores } from './import/import-stores.js';
import { checkRemoteImage } from './import/remote-image.js';
import { refuseBareCredentials } from './kept-url.js';
import { requesterOf } from './requester.js';
import { OwnerQuotas } from './usage/owner-quotas.js';

/** An import as a client asks for it (images-v2 §9.1); `body` is what it sent. */
export interface AskedImport extends AskedStores {
  readonly method: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly body: Readonly<Record<string, unknown>>;
}

/** `elsewhere`: the bytes are staged on another node, which must be asked. */
export type RequestedImport = { readonly taskId: string } | { readonly elsewhere: string } | 'nothing to do';

/** Who may import what and where to; the work itself is a job. */
@Injectable()
export class ImportService {
  constructor(
    private readonly bus: CommandBus,
    private readonly stores: Stores,
    private readonly access: ImageAccess,
    private readonly quotas: OwnerQuotas,
    private readonly credentials: ImportCredentials,
    @Inject(IMAGES_OPTIONS) private readonly options: ImagesOptions,
  ) {}

  get methods(): readonly ImportMethod[] {
    return this.options.importMethods ?? [];
  }

  /** Checks in the order in which clients expect to be told. The credentials are the caller's, for another region. */
  async request(context: CommandContext, id: string, asked: AskedImport, credentials: Credentials = {}): Promise<RequestedImport> {
    const method = this.methodOf(asked);
    await this.quotas.mayImport(context.actor.project);
    const image = await this.access.find(context.actor, id);
    refuseImport(image, method);
    const remote = method === 'glance-download' ? checkRemoteImage(asked.method) : undefined;
    this.access.permitChange(method === 'copy-image' ? 'copy_image' : 'modify_image', context.actor, image);
    const stores = storesFor(asked, method, image, this.stores);
    if (stores.length === 0) return 'nothing to do';
    const elsewhere = this.elsewhere(method, image);
    if (elsewhere !== undefined) return { elsewhere };
    const source = method === 'web-download' ? await this.checkUri(asked.method['uri']) : undefined;
    return this.dispatch(context, image, { asked, method, stores, source, remote, credentials });
  }

  /** Fetches what a client names into a queued image, in the background (`copy_from` of the Images API v1). */
  async copyFrom(context: CommandContext, id: string, uri: string, store: string): Promise<void> {
    const image = await this.access.find(context.actor, id);
    this.access.permitChange('modify_image', context.actor, image);
    const asked = { method: { name: 'copy-from', uri }, body: {}, allStores: false, allStoresMustSucceed: true };
    await this.dispatch(context, image, { asked, method: 'copy-from', stores: [store], source: uri, remote: undefined, credentials: {} });
  }

  /** Fails with the reason why nothing may be copied from there; asked before there is an image. */
  async checkSource(context: CommandContext, uri: string): Promise<void> {
    this.access.permitCopyFrom(context.actor);
    await this.stores.uriFilter.check(uri, 'copy_from');
    refuseBareCredentials(uri, this.options);
  }

  private methodOf({ method: { name } }: AskedImport): ImportMethod {
    const method = this.methods.find((one) => one === name);
    if (!method) throw new BadImport(`Unknown import method name '${name}'.`);
    return method;
  }

  private elsewhere(method: ImportMethod, { staged }: Image): string | undefined {
    const url = method === 'glance-direct' && staged?.node !== this.stores.staging.node ? staged?.nodeUrl : undefined;
    return url === this.options.selfUrl ? undefined : url;
  }

  private async checkUri(uri: unknown): Promise<string> {
    if (typeof uri !== 'string') throw new BadImport("The method 'web-download' needs a 'uri'.");
    await this.stores.uriFilter.check(uri, 'web-download');
    refuseBareCredentials(uri, this.options);
    return uri;
  }

  private async dispatch(context: CommandContext, image: Image, { asked, method, stores, source, remote, credentials }: Dispatched): Promise<RequestedImport> {
    const taskId = uuidv7();
    const shown = source === undefined ? {} : { method: { ...asked.method, uri: redactUrl(source) } };
    if (remote) await this.credentials.keep(taskId, credentials);
    const request = new RequestImport(context, image.id, {
      taskId, method, stores,
      allStoresMustSucceed: asked.allStoresMustSucceed,
      input: { ...asked.body, ...(remote ? { method: remote } : {}), ...shown },
      ...(source === undefined ? {} : { source: this.options.encryptLocation(source) }),
      by: requesterOf(context),
      ...(remote && this.options.node !== undefined ? { node: this.options.node } : {}),
    });
    await this.bus.execute(request).catch(async (error: unknown) => {
      await this.credentials.forget(taskId);
      throw error;
    });
    return { taskId };
  }

  /** Fails where `PUT /stage` is not served. */
  mustStage(): void {
    if (!this.methods.includes('glance-direct')) throw new ImportMethodDisabled('glance-direct');
  }
}

interface Dispatched {
  readonly asked: AskedImport;
  readonly method: ImportMethod;
  readonly stores: readonly string[];
  readonly source: string | undefined;
  readonly remote: Readonly<Record<string, unknown>> | undefined;
  readonly credentials: Credentials;
}
