/** The Glance API host did not do what the cache tool asked of it. */
export class CacheRequestFailed extends Error {
  readonly code = 'CacheRequestFailed';
  /** `status`: of the answer; undefined where there was none that could be used. */
  constructor(message: string, readonly status?: number, options?: ErrorOptions) {
    super(message, options);
  }
}
