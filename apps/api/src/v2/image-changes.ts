import { AttributeReadOnly, Forbidden, PropertyExists, PropertyMissing, type ImageChange } from '#images';
import { InvalidValue, NotImplemented } from '../http/api.errors.js';
import { ATTRIBUTES, isSettable, refuseOutOfBounds, refuseReadOnly, type SettableFields } from './image-fields.js';
import { validateFields } from './image-validator.js';
import type { PatchOperation } from './json-patch.js';
import type { ImageSchemaOptions } from './schemas/image.schema.js';

export interface ChangeOptions {
  readonly schema: ImageSchemaOptions;
  /** `show_multiple_locations` */
  readonly locations: boolean;
}

/** What the steps of a PATCH do to an image; those that can do nothing to any image are refused (images-v2 §6.4). */
export function parseChanges(operations: readonly PatchOperation[], options: ChangeOptions): ImageChange[] {
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

function change(operation: PatchOperation, options: ChangeOptions): ImageChange {
  const [name] = operation.path;
  if (name === 'locations') throw refusedLocations(operation, options.locations);
  if (operation.op === 'remove') {
    if (isSettable(name)) throw new Forbidden(`Property ${name} may not be removed.`);
    return { kind: 'property', op: 'remove', key: name };
  }
  if (!isSettable(name)) return property(name, operation);
  if (operation.op === 'add' && operation.version === '2.0') throw new PropertyExists(name);
  return attribute(name, operation.value as SettableFields[typeof name]);
}

function attribute<K extends keyof SettableFields>(name: K, value: SettableFields[K]): ImageChange {
  return { kind: 'attribute', name: ATTRIBUTES[name], value } as ImageChange;
}

function property(key: string, operation: PatchOperation & { op: 'add' | 'replace' }): ImageChange {
  const { op, value, version } = operation;
  if (typeof value === 'string') return { kind: 'property', op: op === 'add' && version === '2.0' ? 'create' : op, key, value };
  if (op === 'replace') return { kind: 'property', op: 'remove', key };
  throw new InvalidValue(`Property ${key} cannot be added without a value; remove it to have none.`);
}

const VERBS = { add: 'add', replace: 'update', remove: 'remove' } as const;

function refusedLocations(operation: PatchOperation, visible: boolean): Error {
  if (operation.op === 'replace' && Array.isArray(operation.value) && operation.value.length === 0) {
    return new Forbidden('Cannot set locations to empty list.');
  }
  if (!visible) return new Forbidden(`It's not allowed to ${VERBS[operation.op]} locations if locations are invisible.`);
  return new NotImplemented('Locations are a part of the Images API that this server does not have yet.');
}
