import type { ReadModel } from '#event-store';
import { postgresImageProjection, postgresUsageProjection } from '#images';
import { postgresMetadefsProjection } from '#metadefs';
import { postgresTaskProjections } from './task-persistence.js';

const NOTHING_USED = 'bytes = 0 AND live = 0 AND staged = 0 AND images = 0 AND uploading = 0';

/**
 * Every table that follows from the log, by who writes it. The rest is process state or set by hand: claims, reservations,
 * checkpoints, how far imports are, what nodes have cached.
 */
export const READ_MODELS = [
  { name: 'image-list', projections: [postgresImageProjection], tables: [{ name: 'image' }, { name: 'image_member' }] },
  { name: 'usage', projections: [postgresUsageProjection], tables: [{ name: 'usage', empty: NOTHING_USED }] },
  { name: 'metadef-catalog', projections: [postgresMetadefsProjection], tables: [{ name: 'metadef_namespace' }, { name: 'metadef_resource_types' }] },
  { name: 'tasks', projections: postgresTaskProjections, tables: [{ name: 'task' }], besides: ['import_progress'] },
] as unknown as readonly ReadModel[];
