import type { Image } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import type { ImageMeta } from './image-headers.js';
import { isImageId, truthOf } from './spelling.js';

/** The fields of `x-image-meta-*` as values; what was not given is absent. Sizes in bytes. */
export interface MetaValues {
  readonly id?: string;
  readonly name?: string | null;
  readonly status?: string | null;
  readonly size?: number;
  readonly checksum?: string | null;
  readonly diskFormat?: string;
  readonly containerFormat?: string;
  readonly isPublic?: boolean;
  readonly protected?: boolean;
  readonly minDisk?: number;
  readonly minRam?: number;
  readonly owner?: string | null;
  readonly location?: string | null;
  readonly store?: string | null;
}

export interface KnownFormats {
  readonly diskFormats: readonly string[];
  readonly containerFormats: readonly string[];
}

const LONGEST_NAME = 255;
const LONGEST_CHECKSUM = 32;
const LARGEST_INT = 2 ** 31 - 1;
const AMAZON: readonly string[] = ['aki', 'ari', 'ami'];

export function metaValues({ fields }: ImageMeta, known: KnownFormats): MetaValues {
  for (const name of ['created_at', 'updated_at', 'deleted_at'] as const) if (fields[name] != null) refuseNoTime(name, fields[name]);
  const { name, checksum, id, owner, status, location, store } = fields;
  if (typeof name === 'string' && Array.from(name).length > LONGEST_NAME) throw new InvalidValue(`Image name too long: ${Array.from(name).length}`);
  if (typeof checksum === 'string' && checksum.length > LONGEST_CHECKSUM) throw new InvalidValue(`Invalid checksum '${checksum}': can't exceed ${LONGEST_CHECKSUM} characters`);
  if (id !== undefined && !isImageId(id ?? '')) throw new InvalidValue('Invalid image id format');
  if (fields.virtual_size != null && fields.virtual_size !== 'None') count('virtual_size', fields.virtual_size, Number.MAX_SAFE_INTEGER);
  return {
    ...(id ? { id } : {}),
    ...given({ name, checksum, owner, status, location, store }),
    ...given({
      size: whole('size', fields.size, Number.MAX_SAFE_INTEGER), minDisk: whole('min_disk', fields.min_disk, LARGEST_INT), minRam: whole('min_ram', fields.min_ram, LARGEST_INT),
      isPublic: truth(fields.is_public), protected: truth(fields.protected),
    }),
    ...formats(fields, known),
  };
}

/** Without what is undefined. */
const given = <T extends object>(values: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const truth = (value: string | null | undefined): boolean | undefined => (value === undefined ? undefined : truthOf(value ?? '') === true);

const whole = (name: string, value: string | null | undefined, most: number): number | undefined => (value === undefined ? undefined : count(name, value ?? '', most));

function count(name: string, value: string, most: number): number {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) throw new InvalidValue(`Invalid value '${value}' for parameter '${name}': Cannot convert to integer`);
  const number = Number(value);
  if (number < 0) throw new InvalidValue(`Invalid value '${value}' for parameter '${name}': Cannot be a negative value`);
  if (number > most) throw new InvalidValue(`Invalid value '${value}' for parameter '${name}': must not exceed ${most}`);
  return number;
}

function refuseNoTime(name: string, value: string): void {
  const [, year] = /^(\d{4})-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.exec(value) ?? [];
  if (year === undefined || Number(year) < 1900 || Number.isNaN(Date.parse(value.replace(' ', 'T')))) {
    throw new InvalidValue(`Invalid time format for ${name}: '${value}'`);
  }
}

function formats({ disk_format: disk, container_format: container }: ImageMeta['fields'], known: KnownFormats): Pick<MetaValues, 'diskFormat' | 'containerFormat'> {
  if (disk !== undefined && !known.diskFormats.includes(disk ?? '')) throw new InvalidValue(`Invalid disk format '${disk ?? 'None'}' for image.`);
  if (container !== undefined && !known.containerFormats.includes(container ?? '')) throw new InvalidValue(`Invalid container format '${container ?? 'None'}' for image.`);
  const amazon = [disk, container].find((one) => AMAZON.includes(one ?? ''));
  const both = amazon == null ? { disk, container } : { disk: disk ?? amazon, container: container ?? amazon };
  if (amazon != null && both.disk !== both.container) {
    throw new InvalidValue("Invalid mix of disk and container formats. When setting a disk or container format to one of 'aki', 'ari', or 'ami', the container and disk formats must match.");
  }
  return { ...(both.disk == null ? {} : { diskFormat: both.disk }), ...(both.container == null ? {} : { containerFormat: both.container }) };
}

/** Fields that are not the client's to write, or only an admin's (CVE-2015-5251); undefined: all may be. */
export function forbiddenField({ id, status, size, checksum }: MetaValues, image: Image, admin: boolean): string | undefined {
  if (status != null && status !== image.status) return 'status';
  if (id !== undefined && id.toLowerCase() !== image.id.toLowerCase()) return 'id';
  if (admin || image.status !== 'active') return undefined;
  if (size !== undefined && size !== image.size) return 'size';
  return checksum !== undefined && checksum !== image.checksum ? 'checksum' : undefined;
}
