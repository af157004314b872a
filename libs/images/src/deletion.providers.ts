import { DataPurge } from './data-purge.js';
import { RemovalCheck } from './removal-check.js';
import { Scrubber } from './scrubber.js';

/** How data goes. */
export const DELETION_PROVIDERS = [DataPurge, RemovalCheck, Scrubber];
