import type { DataSignature } from './hashing/data-signature.js';

/** One try at writing an image's bytes. Names on the store carry both ids until they are published (architecture §5). */
export interface Attempt {
  readonly imageId: string;
  readonly uploadId: string;
}

export interface ByteRange {
  /** First byte, from 0. */
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
}

/**
 * Where one attempt's bytes go. Calls come one after the other. Buffers passed to `write` belong to the caller again
 * once it resolved.
 */
export interface AttemptWriter {
  write(chunk: Buffer): Promise<void>;
  /**
   * Makes the bytes durable and visible under the image's own name and answers their URL (no credentials in it). Fails
   * with `DataExists` where something stands there already, unless `mayReplace` says that it is an unreferenced
   * leftover. After a failure nothing of this attempt is visible.
   */
  publish(mayReplace: () => Promise<boolean>): Promise<string>;
  /** Removes whatever this attempt left, published or not; harmless when called again or after a failed call. */
  abort(): Promise<void>;
}

/** Something that a store holds. */
export interface ListedObject {
  readonly url: string;
  /** The last part of the URL: an image's id where it is an image's bytes. */
  readonly name: string;
  /** Bytes */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Bytes that an attempt has not published, or never will. */
export interface ListedPart extends Omit<ListedObject, 'url'> {
  readonly attempt: Attempt;
}

/**
 * Image bytes in one place. Drivers throw only the errors of `stores.errors.ts`. URLs are the driver's own; one that it
 * did not make is refused with `BadLocation`, never followed.
 */
export interface StoreDriver {
  /** Glance's name of the type: `file`, `http`, `s3` … */
  readonly type: string;
  /** URL schemes that it answers for, without `://`. */
  readonly schemes: readonly string[];
  readonly readOnly: boolean;
  /** Fails, with a message that says what to do, where the store cannot work (asked once at start). */
  check(): Promise<void>;
  /** True for URLs that this driver made or could have made. */
  owns(url: string): boolean;
  begin(attempt: Attempt, expectedSize?: number): Promise<AttemptWriter>;
  /**
   * The bytes, in order, all or those of the range (which lies within the size). A chunk's memory stays untouched until
   * the chunk after the next is asked for. `DataNotFound` before the first chunk where there is nothing; ending the
   * iteration early frees everything.
   */
  read(url: string, range?: ByteRange): Promise<AsyncIterable<Buffer>>;
  size(url: string): Promise<number>;
  /**
   * Asked before anybody is told that the bytes will go. Rejects with `DataInUse`, whose message says by what, where
   * `remove` would: others depend on the bytes (a snapshot, a clone, a machine that runs). Resolves where nothing keeps
   * them, and where there are none. Changes nothing, and holds for this moment only: a later `remove` may refuse all the
   * same. `StoreUnavailable` where it cannot be known.
   */
  assertRemovable(url: string): Promise<void>;
  /** Removes the bytes; true where there were some, false where there were none (that is no error). `DataInUse`, and nothing is removed, where others depend on them. */
  remove(url: string): Promise<boolean>;
  /**
   * Removes what an attempt of a dead process left: its unpublished bytes, and with `unreferenced` also bytes published
   * under the image's name. Only the holder of the image's lease may ask.
   */
  discard(attempt: Attempt, unreferenced: boolean): Promise<void>;
  /**
   * Everything that is published, also what is not an image's and what no driver made (`owns` is false of such URLs), each
   * once, in no order, in bounded memory. What comes or goes meanwhile may be among it or not. Nothing where the store
   * only reads what is elsewhere. `StoreUnavailable` where it cannot be known.
   */
  list(): AsyncIterable<ListedObject>;
  /** The same of what is not published: of attempts that are writing, and of those that ended without a word. */
  parts(): AsyncIterable<ListedPart>;
}

/** What is known of the bytes after one pass over them. */
export interface StoredData {
  readonly url: string;
  readonly size: number;
  /** MD5, hex. */
  readonly checksum: string;
  readonly osHashAlgo: string;
  /** Hex. */
  readonly osHashValue: string;
}

export interface PutRequest {
  readonly attempt: Attempt;
  /** Always closed at the end (`return()` of its iterator); its errors reject the put unchanged. */
  readonly source: AsyncIterable<Uint8Array>;
  /** More bytes than this: `DataTooLarge`, as soon as it is known. */
  readonly maxSize: number;
  /** Any other number of bytes: `SizeMismatch`. */
  readonly expectedSize?: number;
  /** A name of `crypto.getHashes()`, or of glance: sha512, sha3_256, blake2b … Any other: `UnknownHashAlgorithm`. */
  readonly hashAlgorithm: string;
  /** Verified while the data passes: `SignatureMismatch` before it is published. */
  readonly signature?: DataSignature;
  readonly mayReplace: () => Promise<boolean>;
  /** Aborting it ends the attempt at once, with the signal's reason; a source that is waited for is not waited for longer. */
  readonly signal?: AbortSignal;
  /** Sees each chunk before it is written; may throw to refuse the data. The memory is valid only during the call. */
  readonly inspect?: (chunk: Buffer) => void;
  /** Called once, when the last byte was seen and the size is right, before anything is published; may throw to refuse the data. */
  readonly atEnd?: (size: number) => void;
}
