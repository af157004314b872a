import { AttributeReadOnly, type ImageAttributes, type Visibility } from '#images';
import { InvalidValue } from '../http/api.errors.js';

/** Attributes that clients set, by their names in the API. */
export interface SettableFields {
  name: string | null;
  disk_format: string | null;
  container_format: string | null;
  visibility: Visibility;
  protected: boolean;
  os_hidden: boolean;
  min_disk: number;
  min_ram: number;
  owner: string | null;
  tags: string[];
}

export type Settable = keyof SettableFields;

/** The domain's name of each. */
export const ATTRIBUTES = {
  name: 'name',
  disk_format: 'diskFormat',
  container_format: 'containerFormat',
  visibility: 'visibility',
  protected: 'protected',
  os_hidden: 'hidden',
  min_disk: 'minDisk',
  min_ram: 'minRam',
  owner: 'owner',
  tags: 'tags',
} as const satisfies Record<Settable, keyof ImageAttributes | 'owner' | 'tags' | 'visibility'>;

export const isSettable = (name: string): name is Settable => Object.hasOwn(ATTRIBUTES, name);

const READ_ONLY: ReadonlySet<string> = new Set([
  'created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size', 'direct_url', 'self', 'file', 'schema', 'stores',
  'os_hash_algo', 'os_hash_value',
]);
const RESERVED: ReadonlySet<string> = new Set(['location', 'deleted', 'deleted_at', 'image_id', 'extra_properties', '__proto__']);
const RESERVED_NAMESPACE = 'os_glance';

export function refuseReadOnly(name: string): void {
  if (READ_ONLY.has(name)) throw new AttributeReadOnly(name);
  if (RESERVED.has(name) || name.startsWith(RESERVED_NAMESPACE)) throw new AttributeReadOnly(name, `Attribute '${name}' is reserved.`);
}

const LONGEST_KEY = 255;
const LARGEST_INT = 2 ** 31 - 1;

/** What the schema does not say of custom properties and numbers. */
export function refuseOutOfBounds(name: string, value: unknown): void {
  if (!isSettable(name) && Array.from(name).length > LONGEST_KEY) {
    throw new InvalidValue(`Custom property should not be greater than ${LONGEST_KEY} characters.`);
  }
  if (typeof value !== 'number') return;
  if (value < 0) throw new InvalidValue(`Invalid value '${value}' for parameter '${name}': Cannot be a negative value`);
  if (value > LARGEST_INT) throw new InvalidValue(`'${name}' value out of range, must not exceed ${LARGEST_INT}.`);
}

/** Custom properties are text. */
export const propertyText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
