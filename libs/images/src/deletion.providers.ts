import { DataPurge } from './data-purge.js';
import { EncryptionKeys } from './encryption-keys.js';
import { RemovalCheck } from './removal-check.js';
import { Scrubber } from './scrubber.js';

/** How data goes. */
export const DELETION_PROVIDERS = [DataPurge, EncryptionKeys, RemovalCheck, Scrubber];
