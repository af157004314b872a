import { LocationCheck } from './location-check.js';
import { OrphanedData } from './orphaned-data.js';
import { Reconciler } from './reconciler.js';
import { StagingCleaner } from './staging-cleaner.js';

/** What holds the registry against the stores. */
export const RECONCILE_PROVIDERS = [LocationCheck, OrphanedData, Reconciler, StagingCleaner];
