/** One of the four properties of a signed image cannot be used; nothing of its data was read. */
export class SignatureUnusable extends Error {
  readonly code = 'SignatureUnusable';
  constructor(readonly property: string, reason: string, options?: ErrorOptions) {
    super(`Signature verification for the image failed: ${property}: ${reason}`, options);
  }
}
