import type { CommandContext, FoldEvent } from '#event-store';
import type { LocationTools } from './change-locations.js';
import { evolveImage } from './evolve-image.js';
import type { ImageCreated, ImageEvent, MemberStatus } from './image.events.js';
import type { ImageImportRequested } from './import.events.js';
import { NO_IMAGE, type ImageState } from './image.state.js';
import type { ImageQuotas } from './quotas.js';

export const IMAGE_ID = '7b4e9d52-0c1f-4a53-9c37-1f2a3b4c5d6e';
export const SITE = 'site-a';
/** The hour in which the images of specs are made. */
export const EPOCH = Date.parse('2026-11-01T10:00:00.000Z');

export const NEW_IMAGE: ImageCreated['data'] = {
  name: 'grub', diskFormat: 'iso', containerFormat: 'bare', minDisk: 0, minRam: 0, protected: false, hidden: false,
  owner: 'p1', visibility: 'shared', properties: {}, tags: [], declared: {}, home: SITE,
};

export const eventId = (n: number): string => `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const hlcAt = (ms: number, counter = 0): string => ms.toString(16).padStart(12, '0') + counter.toString(16).padStart(4, '0');

export interface Placed {
  readonly n: number;
  readonly ms: number;
  readonly site?: string;
  readonly hlc?: string;
  /** Absent: event 0 is the creation. */
  readonly creation?: string | null;
}

/** An event with its metadata; `n` makes its id, `ms` its time. */
export function placed(event: ImageEvent, { n, ms, site = SITE, hlc = hlcAt(ms), creation = event.type === 'ImageCreated' ? null : eventId(0) }: Placed): FoldEvent<ImageEvent> {
  return { type: event.type, data: event.data, meta: { id: eventId(n), hlc, site, at: new Date(ms).toISOString(), creation } };
}

/** One site's history of one creation, a second between its events. */
export const history = (events: readonly ImageEvent[], from = EPOCH): FoldEvent<ImageEvent>[] =>
  events.map((event, n) => placed(event, { n, ms: from + n * 1000 }));

export const fold = (events: readonly FoldEvent<ImageEvent>[], state: ImageState = NO_IMAGE): ImageState => events.reduce(evolveImage, state);

export const created = (data: Partial<ImageCreated['data']> = {}): ImageEvent => ({ type: 'ImageCreated', data: { ...NEW_IMAGE, ...data } });

export const started = (uploadId = 'u1', method: 'upload' | 'stage' = 'upload'): ImageEvent => ({ type: 'ImageUploadStarted', data: { uploadId, method, store: 'main' } });

export const staged = (uploadId = 'u1', size = 42): ImageEvent => ({ type: 'ImageDataStaged', data: { uploadId, size, store: 'staging', url: `file:///staging/${IMAGE_ID}` } });

export const TASK = '019abcde-0000-7000-8000-0000000000aa';

/** As it is asked for; `uploadId` is decided. */
export const IMPORT = {
  taskId: TASK, method: 'web-download', stores: ['main'], allStoresMustSucceed: true, input: { method: { name: 'web-download', uri: 'http://a.example/x' } },
  by: { user: 'user-1', project: 'p1', roles: ['member'], admin: false, requestId: 'req-1' },
} as const;

export const importRequested = (data: Partial<ImageImportRequested['data']> = {}): ImageEvent => ({ type: 'ImageImportRequested', data: { ...IMPORT, uploadId: TASK, ...data } });

export const failed = (uploadId = 'u1', outcome: 'queued' | 'killed' = 'queued'): ImageEvent =>
  ({ type: 'ImageUploadFailed', data: { uploadId, reason: 'the client left', outcome } });

export const STORED = { uploadId: 'u1', size: 42, virtualSize: null, checksum: 'c0', osHashAlgo: 'sha512', osHashValue: 'h0' };

export const stored = (data: Partial<typeof STORED & { diskFormat: string; containerFormat: string }> = {}): ImageEvent =>
  ({ type: 'ImageDataStored', data: { ...STORED, diskFormat: 'iso', containerFormat: 'bare', ...data } });

export const located = (locationId = 'l1'): ImageEvent =>
  ({ type: 'ImageLocationAdded', data: { locationId, store: 'main', url: `file:///images/${locationId}`, metadata: {}, uploadId: 'u1' } });

export const unlocated = (locationId: string, reason: 'removed' | 'replaced' = 'removed'): ImageEvent =>
  ({ type: 'ImageLocationRemoved', data: { locationId, reason } });

/** URLs are stored as they are, with a mark, so that a spec sees where one was opened. */
export const LOCATION_TOOLS: LocationTools = { plainUrl: (url) => url.replace(/^sealed:/, ''), newId: () => 'new', tellUrls: true, shown: (places) => places };

export const deleted = (scrubAfter?: string): ImageEvent => ({ type: 'ImageDeleted', data: scrubAfter === undefined ? {} : { scrubAfter } });

export const restored = (): ImageEvent => ({ type: 'ImageRestored', data: {} });

export const purged = (...locationIds: string[]): ImageEvent => ({ type: 'ImageDataPurged', data: { locationIds } });

export const shared = (member: string, canShare?: boolean): ImageEvent =>
  ({ type: 'ImageShared', data: { member, ...(canShare === undefined ? {} : { canShare }) } });

export const decided = (member: string, status: MemberStatus): ImageEvent => ({ type: 'ImageMembershipDecided', data: { member, status } });

export const unshared = (member: string): ImageEvent => ({ type: 'ImageUnshared', data: { member } });

export const NO_QUOTAS: ImageQuotas = { properties: -1, tags: -1, locations: -1, members: -1 };

export const CONTEXT: CommandContext = {
  actor: { user: 'user-1', project: 'p1', roles: ['member'], admin: false, service: null },
  requestId: 'req-1',
};
