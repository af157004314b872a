import { isReservedName } from '../image/attribute-names.js';
import type { ImportSource } from './import-help.js';
import { RemoteImageUnusable } from './remote-image.errors.js';

/** What an import takes from the document of an image elsewhere. */
export interface RemoteDocument extends Required<Pick<ImportSource, 'size' | 'diskFormat' | 'containerFormat' | 'properties'>> {
  readonly expected?: ImportSource['expected'];
}

/** @param prefixes how the properties begin that are taken along */
export function remoteDocument(text: string, prefixes: readonly string[]): RemoteDocument {
  const image = recordOf(text);
  const { status, size, disk_format: diskFormat, container_format: containerFormat, os_hash_algo: osHashAlgo, os_hash_value: osHashValue } = image;
  if (status !== 'active') throw new RemoteImageUnusable(`Source image status should be active instead of ${plain(status)}.`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new RemoteImageUnusable('The source image has no size.');
  if (typeof diskFormat !== 'string' || typeof containerFormat !== 'string') throw new RemoteImageUnusable('The source image has no disk_format or container_format.');
  const hashed = typeof osHashAlgo === 'string' && typeof osHashValue === 'string';
  return {
    size, diskFormat, containerFormat,
    properties: copied(image, prefixes),
    ...(hashed ? { expected: { osHashAlgo, osHashValue: osHashValue.toLowerCase() } } : {}),
  };
}

function copied(image: Readonly<Record<string, unknown>>, prefixes: readonly string[]): Record<string, string> {
  const taken = Object.entries(image).filter((entry): entry is [string, string] =>
    typeof entry[1] === 'string' && !isReservedName(entry[0]) && prefixes.some((prefix) => entry[0].startsWith(prefix)));
  return Object.fromEntries(taken);
}

function recordOf(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RemoteImageUnusable('What the other region answers is no image.');
  return value as Readonly<Record<string, unknown>>;
}

const plain = (value: unknown): string => (typeof value === 'string' && /^[a-z_]{1,30}$/.test(value) ? value : 'unknown');
