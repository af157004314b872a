import { Inject, Injectable } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { CertificateRefused, KEY_MANAGER, type Credentials, type KeyManager } from '#access';
import type { DataSignature } from '#stores';
import { certificateKey } from './certificate.js';
import { CERTIFICATE, claimedSignature, claimsSignature, KEY_TYPE, type ClaimedSignature } from './signature-properties.js';
import { SignatureUnusable } from './signature.errors.js';

/**
 * Finds what the data of a signed image has to match. As in Glance the certificate's dates and issuer are not looked at:
 * whom to trust is decided by those who boot the image (Nova's trusted certificates).
 */
@Injectable()
export class SignatureVerifier {
  constructor(@Inject(KEY_MANAGER) private readonly keys: KeyManager) {}

  /** True where data must be verified, or refused for what is said of its signature. */
  isClaimed(properties: Readonly<Record<string, string>>): boolean {
    return claimsSignature(properties);
  }

  /** For `PutRequest.signature`. Undefined: the image claims no signature. `SignatureUnusable`, or what the key manager refuses. */
  async prepare(properties: Readonly<Record<string, string>>, credentials: Credentials = {}, signal?: AbortSignal): Promise<DataSignature | undefined> {
    const claimed = claimedSignature(properties);
    if (!claimed) return undefined;
    const key = keyOf(claimed, await this.certificate(claimed, credentials, signal));
    return { algorithm: claimed.algorithm, key: pem(key), value: claimed.value, ...claimed.keyType.options };
  }

  private async certificate({ certificateId }: ClaimedSignature, credentials: Credentials, signal?: AbortSignal): Promise<Buffer> {
    try {
      return await this.keys.certificate(credentials, certificateId, signal);
    } catch (error) {
      throw error instanceof CertificateRefused ? new SignatureUnusable(CERTIFICATE, error.message, { cause: error }) : error;
    }
  }
}

function keyOf({ keyType, keyTypeName, certificateId }: ClaimedSignature, stored: Buffer): KeyObject {
  const key = certificateKey(stored);
  if (!key) throw new SignatureUnusable(CERTIFICATE, `the secret ${certificateId} is not an X.509 certificate.`);
  if (!keyType.fits(key)) throw new SignatureUnusable(KEY_TYPE, `the key of the certificate ${certificateId} is not of the type ${keyTypeName}.`);
  return key;
}

const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
