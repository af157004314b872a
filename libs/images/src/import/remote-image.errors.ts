/** The token was sealed by another node, or the key file is not the same any more. */
export class CredentialsUnreadable extends Error {
  readonly code = 'CredentialsUnreadable';
  constructor() {
    super("The token of whoever asked for the import cannot be read here: its node's secrets.key is gone. Request the import again.");
  }
}

/** An image of another region cannot be imported; the message says why, to whoever asked for it. */
export class RemoteImageUnusable extends Error {
  readonly code = 'RemoteImageUnusable';
}
