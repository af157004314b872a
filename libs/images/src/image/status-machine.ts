import type { ImageStatus } from './image.js';

/**
 * What an image may become (images-v2 §4), whatever the command; where it goes is what its events say. Nothing leads from
 * active back to queued: data is never exchanged. Nor from deleted anywhere: ids are never used again; only a
 * deletion that still waits for a scrubber can be taken back.
 */
const TRANSITIONS: Readonly<Record<ImageStatus, readonly ImageStatus[]>> = {
  queued: ['saving', 'uploading', 'importing', 'active', 'deleted'],
  uploading: ['importing', 'queued', 'deleted'],
  importing: ['active', 'queued', 'deleted'],
  saving: ['active', 'queued', 'killed', 'deleted'],
  active: ['deactivated', 'pending_delete', 'deleted'],
  deactivated: ['active', 'pending_delete', 'deleted'],
  killed: ['deleted'],
  pending_delete: ['deleted', 'active', 'deactivated'],
  deleted: [],
};

export const mayBecome = (from: ImageStatus, to: ImageStatus): boolean => TRANSITIONS[from].includes(to);
