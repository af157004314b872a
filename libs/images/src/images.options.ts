import type { FormatOptions } from './formats/judge-format.js';
import type { ImportMethod } from './image/import.events.js';
import type { ImageQuotas } from './image/quotas.js';

export const IMAGE_LIST = Symbol('ImageList');
export const IMAGES_OPTIONS = Symbol('ImagesOptions');

export interface ImagesOptions {
  /** This site's name: the home of images created here. */
  readonly site: string;
  readonly quotas: ImageQuotas;
  /** Bytes. */
  readonly imageSizeCap: number;
  /** `os_hash_algo` of new data. */
  readonly hashingAlgorithm: string;
  readonly formats: FormatOptions;
  /** Names this process among all that share the claims; see `leases.ts`. */
  readonly holder: string;
  /** Seconds that a deleted image's data stays (`delayed_delete`); undefined: it goes at once. */
  readonly keepDeletedFor?: number;
  /** Where other nodes reach this one. */
  readonly selfUrl?: string;
  /** Names this node; see `ImageImportRequested`. */
  readonly node?: string;
  /** Keeps the key of what this node seals; absent: the key lives with the process. */
  readonly secretsFile?: string;
  /** Stores of one import that are written at a time; by default 1. */
  readonly maxParallelStores?: number;
  /** Those that clients may use (`enabled_import_methods`). */
  readonly importMethods?: readonly ImportMethod[];
  /** True: `encryptLocation` hides URLs. */
  readonly locationsSealed: boolean;
  readonly encryptLocation: (url: string) => string;
  readonly decryptLocation: (stored: string) => string;
}
