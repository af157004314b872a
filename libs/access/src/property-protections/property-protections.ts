import type { Principal } from '../principal.js';

export const PROPERTY_OPERATIONS = ['create', 'read', 'update', 'delete'] as const;
export type PropertyOperation = (typeof PROPERTY_OPERATIONS)[number];

/** Who may do what with the custom properties of images, by their names (operations §3). */
export interface PropertyProtections {
  allows(operation: PropertyOperation, property: string, caller: Principal): boolean;
}

export const PROPERTY_PROTECTIONS = Symbol('PropertyProtections');

/** Where no file is configured: whoever may change an image may change its properties. */
export const UNPROTECTED: PropertyProtections = { allows: () => true };
