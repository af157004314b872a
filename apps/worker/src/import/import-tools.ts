import { Inject, Injectable, Optional } from '@nestjs/common';
import { KEYSTONE_SESSION, type Credentials, type KeystoneSession } from '#access';
import { IMPORT_PROGRESS, type Image, type ImageImport, type ImportHelp, type ImportProgress, type ImportSource, type Transformable, type Transformed } from '#images';
import { WORKER_OPTIONS, type WorkerOptions } from '../worker.options.js';
import { ImportSources } from './import-sources.js';
import type { ImportPlugin } from './plugins/import-plugin.js';
import { openPlugins, runPlugins } from './plugins/plugins.js';

/** What imports need beside the image's own room: web servers, plugins, the service's credentials, and a place to tell how far they are. */
@Injectable()
export class ImportTools implements ImportHelp {
  readonly transforms: boolean;
  private readonly plugins: readonly ImportPlugin[];

  constructor(
    private readonly sources: ImportSources,
    @Inject(IMPORT_PROGRESS) private readonly seen: ImportProgress,
    @Inject(WORKER_OPTIONS) { plugins }: WorkerOptions,
    @Optional() @Inject(KEYSTONE_SESSION) private readonly keystone?: KeystoneSession,
  ) {
    this.plugins = plugins ? openPlugins(plugins) : [];
    this.transforms = this.plugins.length > 0;
  }

  open(_image: Image, task: ImageImport, url: string | undefined, signal: AbortSignal): Promise<ImportSource> {
    return this.sources.open(task, url, signal);
  }

  transform(file: string, subject: Transformable, signal: AbortSignal): Promise<Transformed> {
    return runPlugins(this.plugins, file, subject, signal);
  }

  async credentials(): Promise<Credentials> {
    return this.keystone ? { token: await this.keystone.token() } : {};
  }

  progress(taskId: string, store: string, bytes: number, total: number): void {
    // Only shown: what is lost comes again.
    this.seen.set(taskId, store, bytes, total).catch(() => undefined);
  }

  async ended(taskId: string): Promise<void> {
    await this.sources.forget(taskId);
  }
}
