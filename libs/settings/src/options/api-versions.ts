import { option } from '../option.js';
import { bool } from '../oslo-types.js';

export const apiVersionOptions = {
  enable_v1_api: option(bool(), 'True'),
  enable_v2_api: option(bool(), 'True'),
  /** Images of a user instead of a project are no longer possible in Glance, either. */
  owner_is_tenant: option(bool(), 'True'),
} as const;
