/** Keystone cannot say who calls, now. Asking again later may help. */
export class KeystoneUnavailable extends Error {
  readonly code = 'KeystoneUnavailable';
  readonly headers = { 'retry-after': '5' };
  /** The reason, which may name addresses of the inside, is for the log only. */
  constructor(readonly reason: string, options?: ErrorOptions) {
    super('The Keystone service is temporarily unavailable.', options);
  }
}
