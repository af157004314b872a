/** The key manager has no such certificate for this caller, and will not have one by asking again. */
export class CertificateRefused extends Error {
  readonly code = 'CertificateRefused';
  constructor(readonly id: string, reason: string) {
    super(`the key manager gave no certificate with the id ${id}: ${reason}`);
  }
}

/** The key stays: who asks may not delete it. */
export class KeyRefused extends Error {
  readonly code = 'KeyRefused';
  constructor(readonly id: string, reason: string) {
    super(`the key ${id} stays in the key manager: ${reason}`);
  }
}

export class KeyManagerNotConfigured extends Error {
  readonly code = 'KeyManagerNotConfigured';
  constructor(advice: string) {
    super(`There is no key manager to ask: ${advice}`);
  }
}

/** Asking again later may help. */
export class KeyManagerUnavailable extends Error {
  readonly code = 'KeyManagerUnavailable';
  readonly headers = { 'retry-after': '5' };
  /** The reason, which may name addresses of the inside, is for the log only. */
  constructor(readonly reason: string, options?: ErrorOptions) {
    super('The key manager that has the certificate is not available; try again.', options);
  }
}

export type KeyManagerError = CertificateRefused | KeyManagerNotConfigured | KeyManagerUnavailable;
