export interface ImageCacheOptions {
  /** `image_cache_dir` */
  readonly dir: string;
  /** Bytes that whole and growing files may take together. */
  readonly maxSize: number;
  /** Seconds after which a file that is not whole is given up. */
  readonly stallTime: number;
  /** Seconds that a file which proved wrong is kept. */
  readonly invalidGrace: number;
  /** Told what is not a failure of the request at hand. */
  readonly warn?: (text: string) => void;
  /** An image came or went. */
  readonly changed?: (imageId: string, cached: boolean) => void;
}
