import { KeyManagerNotConfigured } from './key-manager.errors.js';

/** What the caller proved who it is with, passed on where it says who asks: never kept, logged or put into an event. */
export interface Credentials {
  /** `X-Auth-Token`. */
  readonly token?: string;
}

/** Keeps secrets of others, and gives them to those who may have them. */
export interface KeyManager {
  /**
   * A certificate as it was stored, in PEM or DER. `CertificateRefused` where there is none with this id for the caller,
   * `KeyManagerUnavailable` where that cannot be told now.
   */
  certificate(credentials: Credentials, id: string, signal?: AbortSignal): Promise<Buffer>;
}

export const KEY_MANAGER = Symbol('KeyManager');

/** Where none is configured. */
export class NoKeyManager implements KeyManager {
  constructor(private readonly advice = 'set [barbican] barbican_endpoint.') {}

  async certificate(): Promise<Buffer> {
    throw new KeyManagerNotConfigured(this.advice);
  }
}
