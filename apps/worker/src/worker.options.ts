import type { WebDownloadOptions } from '#stores';
import type { PluginOptions } from './import/plugins/import-plugin.js';
import type { JobsOptions } from './open-job-runner.js';

export interface WorkerOptions {
  /** False: nothing begins by itself. */
  readonly working?: boolean;
  readonly jobs: JobsOptions;
  /** How imports fetch what lies elsewhere: at most so many bytes, and of another Glance the properties that begin so. */
  readonly downloads?: WebDownloadOptions & { readonly maxSize: number; readonly copiedProperties: readonly string[] };
  /** What changes images on their way in; absent: nothing. */
  readonly plugins?: PluginOptions;
  /** The node that has a cache of images, and how often it is looked after. */
  readonly cache?: { readonly node: string; readonly everySeconds: number };
  /** Absent: others scrub. */
  readonly scrubbing?: { readonly everySeconds: number; readonly parallel: number };
}

export const WORKER_OPTIONS = Symbol('WorkerOptions');
