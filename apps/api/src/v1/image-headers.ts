import { InvalidValue } from '../http/api.errors.js';

/** What a client says of an image in `x-image-meta-*` (images-v1 §2); null: it gave the name and no value. */
export interface ImageMeta {
  readonly fields: Readonly<Partial<Record<MetaField, string | null>>>;
  readonly properties: Readonly<Record<string, string>>;
}

const FIELDS = [
  'location', 'size', 'is_public', 'disk_format', 'container_format', 'name', 'status', 'copy_from', 'uri', 'checksum', 'created_at',
  'updated_at', 'deleted_at', 'min_ram', 'min_disk', 'owner', 'store', 'id', 'protected', 'deleted', 'virtual_size',
] as const;
export type MetaField = (typeof FIELDS)[number];

const PREFIX = 'x-image-meta-';
const PROPERTY_PREFIX = 'x-image-meta-property-';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export function imageMetaOf(headers: Headers): ImageMeta {
  const fields: Partial<Record<MetaField, string | null>> = {};
  const properties: [string, string][] = [];
  for (const [header, given] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX) || given === undefined) continue;
    const value = textOf(header, typeof given === 'string' ? given : given.join(', '));
    if (header.startsWith(PROPERTY_PREFIX)) properties.push([nameOf(header, PROPERTY_PREFIX), value]);
    else fields[fieldOf(header)] = value === '' ? null : value;
  }
  return { fields, properties: Object.fromEntries(properties) };
}

function fieldOf(header: string): MetaField {
  const name = nameOf(header, PREFIX);
  const field = FIELDS.find((one) => one === name);
  if (!field) throw new InvalidValue(`Bad header: ${header}`);
  return field;
}

function nameOf(header: string, prefix: string): string {
  const name = header.slice(prefix.length).toLowerCase().replaceAll('-', '_');
  if (name === '' || name === '__proto__') throw new InvalidValue(`Bad header: ${header}`);
  return name;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Header values are bytes; clients mean UTF-8 by them, or Latin-1. */
function textOf(header: string, value: string): string {
  if (value.includes('\0')) throw new InvalidValue(`Bad header: ${header} has a NUL character.`);
  try {
    return UTF8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

/** A value as the bytes of its UTF-8; what would end the header line is percent-encoded. */
export function headerValue(value: string): string {
  // oxlint-disable-next-line no-control-regex
  const line = value.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, encodeURIComponent);
  return Buffer.from(line, 'utf8').toString('latin1');
}

/** Any property's name as a token of RFC 9110. */
export const headerName = (property: string): string =>
  PROPERTY_PREFIX + property.toLowerCase().replace(/[^\w!#$%&'*+.^`|~-]/gu, (character) => encodeURIComponent(character.isWellFormed() ? character : '?'));
