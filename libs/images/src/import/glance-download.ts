import type { Catalog, Credentials } from '#access';
import { hashAlgorithm, UnknownHashAlgorithm, type Download, type WebDownload } from '#stores';
import type { ImportSource } from './import-help.js';
import { remoteDocument, type RemoteDocument } from './remote-document.js';
import { RemoteImageUnusable } from './remote-image.errors.js';

export interface GlanceDownloadOptions {
  /** Bytes. */
  readonly maxSize: number;
  /** How the properties begin that are taken along. */
  readonly copiedProperties: readonly string[];
}

/** What the caller's token may use; undefined: the token is not good any more. */
export type CatalogOf = (token: string) => Promise<Catalog | undefined>;

const PURPOSE = 'glance-download';
const LONGEST_DOCUMENT = 4 * 1024 * 1024;

/** Fetches an image of another region with the caller's token: its data, its formats, and some of its properties. */
export class GlanceDownload {
  constructor(private readonly web: Pick<WebDownload, 'open'>, private readonly catalogOf: CatalogOf, private readonly options: GlanceDownloadOptions) {}

  /**
   * @param method as `checkRemoteImage` leaves it
   * Fails with `RemoteImageUnusable`, `UriRefused`, `DownloadFailed`, `DownloadTooLarge`, `KeystoneUnavailable` or the signal's reason.
   */
  async open(method: Readonly<Record<string, unknown>>, { token }: Credentials, signal: AbortSignal): Promise<ImportSource> {
    const [region, id, face] = ['glance_region', 'glance_image_id', 'glance_service_interface'].map((key) => String(method[key]));
    if (token === undefined) throw new RemoteImageUnusable('The import was requested without a token, which the other region must be asked with.');
    const url = `${await this.endpoint(token, region ?? '', face ?? '')}/v2/images/${encodeURIComponent(bare(id ?? ''))}`;
    const request = { purpose: PURPOSE, credentials: { 'x-auth-token': token }, signal };
    const image = remoteDocument(await textOf(await this.web.open(url, { ...request, maxSize: LONGEST_DOCUMENT })), this.options.copiedProperties);
    const data = await this.web.open(`${url}/file`, { ...request, maxSize: this.options.maxSize, size: image.size });
    return { ...verifiable(image), body: data.body };
  }

  private async endpoint(token: string, region: string, face: string): Promise<string> {
    const catalog = await this.catalogOf(token);
    if (!catalog) throw new RemoteImageUnusable('The token that the import was requested with is not valid any more.');
    const there = catalog.filter(({ type }) => type === 'image').flatMap(({ endpoints }) => endpoints).filter((one) => one.region?.toLowerCase() === region.toLowerCase());
    const url = there.find((one) => one.interface === face)?.url;
    if (url === undefined) throw new RemoteImageUnusable(`The catalog has no ${face} endpoint of an image service in region ${region}.`);
    return url.replace(/\/+$/, '').replace(/\/v2(?:\.\d+)?$/, '');
  }
}

/** As Python reads a UUID, it may stand in braces or after a prefix. */
const bare = (id: string): string => id.replace(/^urn:uuid:/i, '').replace(/^\{(.*)\}$/, '$1');

/** Of a hash that cannot be computed here only the size is left to compare. */
function verifiable({ expected, ...image }: RemoteDocument): Omit<ImportSource, 'body'> {
  try {
    if (expected) hashAlgorithm(expected.osHashAlgo);
    return { ...image, ...(expected ? { expected } : {}) };
  } catch (error) {
    if (error instanceof UnknownHashAlgorithm) return image;
    throw error;
  }
}

async function textOf({ body }: Download): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
