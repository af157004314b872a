import type { Credentials } from '#access';
import type { Image } from '../image/image.js';
import type { ImageImport } from '../image/imports.js';

/** Bytes from elsewhere, with what their source says of the image. */
export interface ImportSource {
  /** Bytes to come, where it is known. */
  readonly size?: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly diskFormat?: string | null;
  readonly containerFormat?: string | null;
  readonly properties?: Readonly<Record<string, string>>;
  /** What the bytes must be, where the source says it. */
  readonly expected?: { readonly osHashAlgo: string; readonly osHashValue: string };
}

/** What the data is after the plugins. */
export interface Transformed {
  readonly diskFormat?: string;
  readonly containerFormat?: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** Bytes, as a disk; absent: as the data itself says. */
  readonly virtualSize?: number | null;
}

/** The import's subject as it is before the plugins. */
export interface Transformable {
  readonly image: Image;
  readonly task: ImageImport;
  readonly diskFormat: string | null;
  readonly containerFormat: string | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** What an import needs of the world outside: sources to fetch from, and plugins that change what was fetched. */
export interface ImportHelp {
  /** The bytes of a web-download or a glance-download. */
  open(image: Image, task: ImageImport, url: string | undefined, signal: AbortSignal): Promise<ImportSource>;
  /** False: there are no plugins, and no file is needed. */
  readonly transforms: boolean;
  /** Changes the file in place, by a new file under its name. */
  transform(file: string, subject: Transformable, signal: AbortSignal): Promise<Transformed>;
  /** The service's own, to fetch certificates with. */
  credentials(): Promise<Credentials>;
  /** Told once in a while how many bytes of how many a store has. */
  progress(taskId: string, store: string, bytes: number, total: number): void;
  /** The import is over: nothing kept for it is needed any more. */
  ended(taskId: string): Promise<void>;
}
