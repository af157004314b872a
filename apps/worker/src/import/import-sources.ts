import { Inject, Injectable, Optional } from '@nestjs/common';
import { KEYSTONE_SESSION, TokenValidator, type Catalog, type KeystoneSession } from '#access';
import { GlanceDownload, ImportCredentials, RemoteImageUnusable, type ImageImport, type ImportSource, type OpenUri } from '#images';
import { Stores, WebDownload } from '#stores';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker.options.js';

/** Where the bytes of an import come from that no client sent. */
@Injectable()
export class ImportSources {
  private readonly web: WebDownload;
  private readonly glance: GlanceDownload;
  private readonly tokens: TokenValidator | undefined;
  private readonly maxSize: number;

  /** Fails where the certificates cannot be read. */
  constructor(
    stores: Stores,
    private readonly credentials: ImportCredentials,
    @Inject(WORKER_OPTIONS) { downloads }: WorkerOptions,
    @Optional() @Inject(KEYSTONE_SESSION) keystone?: KeystoneSession,
  ) {
    this.maxSize = downloads?.maxSize ?? Infinity;
    this.tokens = keystone && new TokenValidator(keystone, { cacheSeconds: -1 });
    this.web = new WebDownload(stores.uriFilter, downloads);
    this.glance = new GlanceDownload(this.web, (token) => this.catalogOf(token), { maxSize: this.maxSize, copiedProperties: downloads?.copiedProperties ?? [] });
  }

  /** @param uri of a web-download */
  async open({ taskId, method, input }: ImageImport, uri: string | undefined, signal: AbortSignal): Promise<ImportSource> {
    if (method === 'glance-download') return this.glance.open(methodOf(input), await this.credentials.read(taskId), signal);
    if (uri === undefined) throw new Error(`An import by ${method} names nothing to fetch.`);
    return this.web.open(uri, { maxSize: this.maxSize, signal });
  }

  /** For whatever else fetches what somebody outside named. */
  readonly openUri: OpenUri = (uri, purpose, signal) => this.web.open(uri, { maxSize: this.maxSize, purpose, signal });

  /** The import is over. */
  forget(taskId: string): Promise<void> {
    return this.credentials.forget(taskId);
  }

  private async catalogOf(token: string): Promise<Catalog | undefined> {
    if (!this.tokens) throw new RemoteImageUnusable('Only where Keystone says who calls does a server know other regions.');
    return (await this.tokens.validate(token))?.catalog;
  }
}

const methodOf = ({ method }: ImageImport['input']): Readonly<Record<string, unknown>> =>
  (typeof method === 'object' && method !== null ? (method as Readonly<Record<string, unknown>>) : {});
