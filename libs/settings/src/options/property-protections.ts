import { option, optional } from '../option.js';
import { oneOf, text } from '../oslo-types.js';

export const propertyProtectionOptions = {
  property_protection_file: optional(text()),
  property_protection_rule_format: option(oneOf('roles', 'policies'), 'roles'),
} as const;
