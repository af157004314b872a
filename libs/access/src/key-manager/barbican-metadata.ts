import { KeyManagerUnavailable } from './key-manager.errors.js';

/** Of a secret, as far as it is looked at. */
export interface Metadata {
  /** The user who made it. */
  readonly creator_id?: unknown;
  readonly content_types?: { readonly default?: string } | null;
}

export function metadataOf(answer: Buffer): Metadata {
  try {
    const metadata: unknown = JSON.parse(answer.toString());
    if (isMetadata(metadata)) return metadata;
  } catch {}
  throw new KeyManagerUnavailable('its answer is not what Barbican answers');
}

function isMetadata(value: unknown): value is Metadata {
  if (typeof value !== 'object' || value === null) return false;
  const types = 'content_types' in value ? value.content_types : undefined;
  if (types === undefined || types === null) return true;
  return typeof types === 'object' && (!('default' in types) || typeof types.default === 'string');
}
