import type { FastifyRequest } from 'fastify';
import { FormatsMissing } from '#images';
import type { Stores } from '#stores';
import { InvalidValue } from '../http/api.errors.js';
import { hasBody } from '../http/body.js';
import type { MetaValues } from './meta-values.js';

/** Where an image's data comes from (images-v1 §4): at most one place. */
export type ImageSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'body' }
  /** Stays where it is. */
  | { readonly kind: 'location'; readonly url: string }
  /** Is fetched in the background. */
  | { readonly kind: 'copy'; readonly url: string };

const COPY_FROM = 'x-glance-api-copy-from';

export function imageSource(request: FastifyRequest, { location }: MetaValues, stores: Stores): ImageSource {
  const copy = request.headers[COPY_FROM];
  const sources: ImageSource[] = [
    ...(location === undefined ? [] : [{ kind: 'location' as const, url: external(location ?? '', stores) }]),
    ...(copy === undefined ? [] : [{ kind: 'copy' as const, url: external(String(copy), stores) }]),
    ...(hasBody(request) ? [{ kind: 'body' as const }] : []),
  ];
  if (sources.length > 1) throw new InvalidValue("It's invalid to provide multiple image sources.");
  return sources[0] ?? { kind: 'none' };
}

/** Never of this host. */
const RESTRICTED: readonly string[] = ['file', 'filesystem', 'memory', 'swift+config'];

function external(url: string, stores: Stores): string {
  if (url === '') throw new InvalidValue('External source should not be empty');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  const known = stores.list().some(({ schemes }) => schemes.includes(scheme));
  // What is copied is fetched from the web, whether or not images may lie there.
  if (RESTRICTED.includes(scheme) || !(known || scheme === 'http' || scheme === 'https')) throw new InvalidValue(`External sources are not supported: '${scheme}:'`);
  return url;
}

/** As Glance says it, and before anything is made. */
export function refuseTooLarge(request: FastifyRequest, { size }: MetaValues, most: number): void {
  const announced = Number(request.headers['content-length'] ?? 0) || (size ?? 0);
  if (announced > most) throw new InvalidValue(`Denying attempt to upload image larger than ${most} bytes.`);
}

export function refuseMissingFormats({ kind }: ImageSource, formats: { readonly diskFormat?: string | null; readonly containerFormat?: string | null }): void {
  if (kind === 'none') return;
  const missing = [...(formats.diskFormat ? [] : ['disk_format']), ...(formats.containerFormat ? [] : ['container_format'])];
  if (missing.length > 0) throw new FormatsMissing(missing);
}

/** `x-image-meta-store` names a store, or what it is made of; the store's id. */
export function storeNamed(name: string | null | undefined, stores: Stores): string | undefined {
  if (name == null) return undefined;
  const found = stores.list().find(({ id }) => id === name) ?? stores.list().find(({ schemes }) => schemes.includes(name));
  if (!found) throw new InvalidValue(`Required store ${name} is invalid`);
  return found.id;
}
