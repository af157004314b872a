import type { ValuesOf } from '../option.js';
import { corsOptions } from './cors.js';
import { databaseOptions } from './database.js';
import { defaultOptions } from './default.js';
import { eventStoreOptions, readModelOptions } from './event-store.js';
import { glanceStoreOptions } from './glance-store.js';
import { gzipOptions } from './gzip.js';
import { healthcheckOptions } from './healthcheck.js';
import { imageFormatOptions } from './image-format.js';
import { imageConversionOptions, imageDecompressionOptions, imageImportOptions, injectMetadataOptions, stagingOptions } from './imports.js';
import { importFilteringOptions } from './import-filtering.js';
import { jobsOptions } from './jobs.js';
import { barbicanOptions, keyManagerOptions } from './key-manager.js';
import { keystoneAuthtokenOptions, osloLimitOptions } from './keystone-auth.js';
import { metadefsOptions } from './metadefs.js';
import { metricsOptions } from './metrics.js';
import { osloMiddlewareOptions } from './oslo-middleware.js';
import { pasteDeployOptions } from './paste-deploy.js';
import { policyOptions } from './policy.js';
import { rateLimitOptions } from './rate-limit.js';
import { scrubberOptions } from './scrubber.js';
import { siteOptions } from './site.js';
import { taskOptions } from './task.js';
import { taskflowExecutorOptions } from './taskflow-executor.js';
import { glanceDownloadOptions, webDownloadOptions } from './web-download.js';

/** Every option that acts, by group; the names that only exist are in `known-options.ts`. */
export const optionGroups = {
  DEFAULT: defaultOptions,
  glance_store: glanceStoreOptions,
  image_format: imageFormatOptions,
  import_filtering_opts: importFilteringOptions,
  glance_download_properties: glanceDownloadOptions,
  web_download: webDownloadOptions,
  image_import_opts: imageImportOptions,
  image_conversion: imageConversionOptions,
  image_decompression: imageDecompressionOptions,
  inject_metadata_properties: injectMetadataOptions,
  staging: stagingOptions,
  database: databaseOptions,
  paste_deploy: pasteDeployOptions,
  keystone_authtoken: keystoneAuthtokenOptions,
  oslo_limit: osloLimitOptions,
  healthcheck: healthcheckOptions,
  cors: corsOptions,
  oslo_middleware: osloMiddlewareOptions,
  oslo_policy: policyOptions,
  task: taskOptions,
  taskflow_executor: taskflowExecutorOptions,
  key_manager: keyManagerOptions,
  barbican: barbicanOptions,
  event_store: eventStoreOptions,
  read_model: readModelOptions,
  jobs: jobsOptions,
  metadefs: metadefsOptions,
  metrics: metricsOptions,
  gzip: gzipOptions,
  rate_limit: rateLimitOptions,
  site: siteOptions,
  scrubber: scrubberOptions,
} as const;

export type Groups = typeof optionGroups;
export type Values = { readonly [G in keyof Groups]: ValuesOf<Groups[G]> };
