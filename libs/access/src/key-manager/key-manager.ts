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
  /**
   * Deletes a key; harmless where there is none. `KeyRefused` where it may not be deleted so, `KeyManagerNotConfigured` where
   * nobody could, `KeyManagerUnavailable` where asking again may help.
   */
  deleteKey(id: string, rights: WithRights, signal?: AbortSignal): Promise<void>;
}

/** With whose rights: the caller's; or the service's own, which may go further than those of whom it works for, and so count only for what that user made. */
export type WithRights = { readonly credentials: Credentials } | { readonly madeBy: string };

export const KEY_MANAGER = Symbol('KeyManager');

/** Where none is configured. */
export class NoKeyManager implements KeyManager {
  constructor(private readonly advice = 'set [barbican] barbican_endpoint.') {}

  async certificate(): Promise<Buffer> {
    throw new KeyManagerNotConfigured(this.advice);
  }

  async deleteKey(): Promise<void> {
    throw new KeyManagerNotConfigured(this.advice);
  }
}
