import { AttributeReadOnly, Forbidden, PropertyExists, PropertyMissing, type AskedChange, type AskedLocationChange } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import { ATTRIBUTES, isSettable, propertyText, refuseOutOfBounds, refuseReadOnly, type SettableFields } from './image-fields.js';
import { validateFields } from './image-validator.js';
import { askedLocation, type LocationFields } from './location-fields.js';
import type { PatchOperation } from './json-patch.js';
import type { ImageSchemaOptions } from './schemas/image.schema.js';

export interface ChangeOptions {
  readonly schema: ImageSchemaOptions;
  /** `show_multiple_locations` */
  readonly locations: boolean;
}

/** What the steps of a PATCH do to an image; those that can do nothing to any image are refused (images-v2 §6.4). */
export function parseChanges(operations: readonly PatchOperation[], options: ChangeOptions): AskedChange[] {
  for (const operation of operations) check(operation, options.schema);
  return operations.map((operation) => change(operation, options));
}

function check(operation: PatchOperation, schema: ImageSchemaOptions): void {
  const [name] = operation.path;
  if (name === 'stores' && operation.op !== 'add') throw new PropertyMissing(name);
  if (name === 'id') throw new AttributeReadOnly(name);
  refuseReadOnly(name);
  if (operation.op === 'remove') return;
  validateFields({ [name]: name === 'locations' && operation.op === 'add' ? [operation.value] : operation.value }, 'part', schema);
  refuseOutOfBounds(name, operation.value);
}

function change(operation: PatchOperation, options: ChangeOptions): AskedChange {
  const [name] = operation.path;
  if (name === 'locations') return locations(operation, options.locations);
  if (operation.op === 'remove') {
    if (isSettable(name)) throw new Forbidden(`Property ${name} may not be removed.`);
    return { kind: 'property', op: 'remove', key: name };
  }
  if (!isSettable(name)) return property(name, operation);
  if (operation.op === 'add' && operation.version === '2.0') throw new PropertyExists(name);
  return attribute(name, operation.value as SettableFields[typeof name]);
}

function attribute<K extends keyof SettableFields>(name: K, value: SettableFields[K]): AskedChange {
  return { kind: 'attribute', name: ATTRIBUTES[name], value } as AskedChange;
}

function property(key: string, operation: PatchOperation & { op: 'add' | 'replace' }): AskedChange {
  const { op, value, version } = operation;
  if (value === null) return { kind: 'property', op: op === 'replace' ? 'remove' : 'discard', key };
  return { kind: 'property', op: op === 'add' && version === '2.0' ? 'create' : op, key, value: propertyText(value) };
}

const VERBS = { add: 'add', replace: 'update', remove: 'remove' } as const;

/** Their place in the list is the second part of the path: a number from 0, or `-` for the end. */
function locations(operation: PatchOperation, visible: boolean): AskedLocationChange {
  if (operation.op === 'replace' && Array.isArray(operation.value) && operation.value.length === 0) {
    throw new Forbidden('Cannot set locations to empty list.');
  }
  if (!visible) throw new Forbidden(`It's not allowed to ${VERBS[operation.op]} locations if locations are invisible.`);
  if (operation.op === 'replace') return { kind: 'location', op: 'replace', locations: (operation.value as LocationFields[]).map(askedLocation) };
  const place = placeOf(operation);
  if (operation.op === 'remove') return { kind: 'location', op: 'remove', ...place };
  return { kind: 'location', op: 'add', ...place, location: askedLocation(operation.value as LocationFields) };
}

function placeOf({ op, path: [, place = ''] }: PatchOperation): { at?: number } {
  if (place === '-') return {};
  if (!/^\d{1,9}$/.test(place)) throw new InvalidValue(`Invalid position for ${op === 'add' ? 'adding' : 'removing'} a location.`);
  return { at: Number(place) };
}
