import type { ReadModelModuleAt } from './data-api.js';
import type { Downloads } from './downloads.js';
import type { EdgeSettings } from './edge.js';
import type { ImageCacheSettings } from './image-cache.js';
import type { ImportPlugins } from './import-plugins.js';
import type { Imports, Staging } from './imports.js';
import type { Keystone, KeystoneLimits } from './keystone-settings.js';
import type { LoggingSettings } from './logging-settings.js';
import type { ImageSchemaFile } from './schema-image.js';
import type { Values } from './options/index.js';
import type { Scrubbing } from './scrubbing.js';
import type { PolicySettings } from './policy-settings.js';
import type { TasksSettings } from './tasks.js';

export interface Database {
  readonly kind: 'embedded' | 'memory' | 'postgres';
  /** With kind `postgres`; holds the password. */
  readonly url?: string;
}

/** Where the events are; with kind `kurrent` the URL is as KurrentDB's client takes it. */
export interface EventDatabase extends Omit<Database, 'kind'> {
  readonly kind: Database['kind'] | 'kurrent';
}

export interface Jobs {
  readonly kind: 'postgres' | 'redis' | 'in-process';
  /** None with kind `postgres`: in the database of the events. */
  readonly url?: string;
  /** Imports and the like that run at a time in each background process. */
  readonly longJobs: number;
  /** Whether admins have a page of the queues. */
  readonly board: boolean;
  /** After so long the job of a process that is silent is another's. */
  readonly lockSeconds: number;
}

export interface DataDirectory {
  readonly path: string;
  readonly priority: number;
}

export interface FilesystemStoreOptions {
  /** Highest priority first; never empty. */
  readonly datadirs: readonly DataDirectory[];
  /** Octal digits as a number (0o640); 0: leave it to the umask. */
  readonly filePerm: number;
}

export interface HttpStoreOptions {
  /** PEM certificates that servers are verified with, instead of the system's. */
  readonly caFile?: string;
  /** Takes any certificate. */
  readonly insecure: boolean;
}

interface AnyBackend {
  /** With several stores the operator's name; else the type. */
  readonly id: string;
  readonly description: string;
  readonly weight: number;
  /** What operators and services may be told of it. */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

export interface FilesystemBackend extends AnyBackend {
  readonly type: 'file';
  readonly options: FilesystemStoreOptions;
}

/** Read-only, never the default. */
export interface HttpBackend extends AnyBackend {
  readonly type: 'http';
  readonly options: HttpStoreOptions;
}

export interface MemoryBackend extends AnyBackend {
  readonly type: 'memory';
  readonly options: Readonly<Record<never, never>>;
}

export type Backend = FilesystemBackend | HttpBackend | MemoryBackend;

export interface Stores {
  /** True with `enabled_backends`: answers then name stores. */
  readonly multi: boolean;
  /** The id of one of the backends. */
  readonly default: string;
  readonly backends: readonly Backend[];
}

export interface Quotas {
  readonly properties: number;
  readonly tags: number;
  readonly members: number;
  readonly locations: number;
}

/** Everything that can be set, checked. Numbers of −1 mean: no limit. */
export interface Settings {
  readonly site: string;
  readonly stateDir: string;
  readonly staging: Staging;
  readonly imports: Imports;
  readonly importPlugins: ImportPlugins;
  readonly downloads: Downloads;
  /** With `image_cache_dir`. */
  readonly imageCache?: ImageCacheSettings;
  /** `+cachemanagement` */
  readonly oldCachePaths: boolean;
  /** Processes that serve HTTP; 0: one process does all. */
  readonly workers: number;
  /** Who says who calls: nobody, or, for tests, the caller. */
  readonly authentication: 'none' | 'keystone' | 'fakeauth' | 'noauth';
  /** With authentication `keystone`. */
  readonly keystone?: Keystone;
  /** With `use_keystone_limits`. */
  readonly keystoneLimits?: KeystoneLimits;
  readonly policy: PolicySettings;
  readonly eventStore: EventDatabase;
  /** And everything else that is kept but bytes and, with their own URL, jobs. Not where the events are: it follows them. */
  readonly readModel: Database;
  /** With a `data_api` of one's own: what is read is there, and only process state in the database of `readModel`. */
  readonly readModelModule?: ReadModelModuleAt;
  /** Whether the schema is made in an empty database of the operator's. */
  readonly dbAutoCreate: boolean;
  readonly jobs: Jobs;
  readonly stores: Stores;
  readonly listener: {
    readonly host: string;
    readonly port: number;
    readonly backlog: number;
    readonly keepAlive: boolean;
    /** Seconds; 0: no limit. */
    readonly clientSocketTimeout: number;
    readonly maxHeaderLine: number;
    /** Seconds. */
    readonly tcpKeepIdle: number;
    readonly publicEndpoint?: string;
    readonly maxRequestIdLength: number;
  };
  readonly edge: EdgeSettings;
  readonly tasks: TasksSettings;
  /** The listener speaks TLS; PEM files. */
  readonly tls?: { readonly cert_file: string; readonly key_file: string; readonly ca_file?: string };
  /** Major versions of the API that are served. */
  readonly apiVersions: { readonly v1: boolean; readonly v2: boolean };
  readonly images: {
    /** Bytes. */
    readonly sizeCap: number;
    readonly hashingAlgorithm: string;
    readonly limitParamDefault: number;
    readonly apiLimitMax: number;
    readonly showDirectUrl: boolean;
    readonly showMultipleLocations: boolean;
    /** False: only properties that the schema names (`allow_additional_image_properties`). */
    readonly additionalProperties: boolean;
    /** Seconds that a deleted image's data stays (`delayed_delete`, `scrub_time`); undefined: it goes at once. */
    readonly keepDeletedFor?: number;
    readonly scrubbing: Scrubbing;
    /** 16, 24 or 32 bytes long. */
    readonly metadataEncryptionKey?: string;
    readonly quotas: Quotas;
    /** Most that one owner's images may use together; absent: no limit. */
    readonly ownerLimits: { readonly bytes?: bigint; readonly images?: bigint };
  };
  readonly formats: {
    readonly disk: readonly string[];
    readonly container: readonly string[];
    readonly vmdkAllowedTypes: readonly string[];
    readonly requireMatch: boolean;
    readonly gptChecksNonfatal: readonly string[];
  };
  /** Where certificates of signed images are. */
  readonly keyManager: {
    /** castellan's name of it, or the path of its Python class. */
    readonly backend: string;
    readonly endpoint?: string;
    readonly apiVersion: string;
    /** Which of the catalog's endpoints, where none is given. */
    readonly inCatalog: { readonly interface: string; readonly region?: string };
    readonly verifyTls: boolean;
    /** A file or a folder of PEM certificates. */
    readonly authorities?: string;
  };
  readonly metadefs: {
    /** Whether the definitions that come with the program are loaded where they are new. */
    readonly loadDefaults: boolean;
    /** A file or a folder. */
    readonly sourcePath: string;
  };
  /** Which URIs from outside may be fetched; where a list of allowed ones has entries, that of disallowed ones does not count. */
  readonly uriFilter: {
    readonly allowedSchemes: readonly string[];
    readonly disallowedSchemes: readonly string[];
    readonly allowedHosts: readonly string[];
    readonly disallowedHosts: readonly string[];
    readonly allowedPorts: readonly number[];
    readonly disallowedPorts: readonly number[];
    readonly allowPrivateAddresses: boolean;
  };
  /** Who may do what with custom properties; no file: whoever may change the image. */
  readonly propertyProtections: { readonly file?: string; readonly format: 'roles' | 'policies' };
  /** Of `schema-image.json`, where the configuration has one. */
  readonly imageSchema?: ImageSchemaFile;
  readonly logging: LoggingSettings;
  /** As read, by group and option, for `config show` and for what has no name above. */
  readonly values: Values;
}
