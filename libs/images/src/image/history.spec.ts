import { readdirSync, readFileSync } from 'node:fs';
import { open, seal, type EventMeta } from '#event-store';
import { imageDecider } from './image.decider.js';
import type { ImageEvent } from './image.events.js';
import { CONTEXT, created, deleted, EPOCH, eventId, fold, hlcAt, IMAGE_ID, importRequested, located, placed, shared, SITE, started, stored, TASK } from './image.fixture.js';
import { imageOf, type Image } from './image.js';

const FOLDER = new URL('./history/', import.meta.url);
const sample = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as ImageEvent['data'];

const UPLOAD = '019abcde-0000-7000-8000-000000000001';
const MEMBER = '8a5a3cbf0d0f4f8d9c7e0b8a4f1e2d3c';
const LOCATION = '019abcde-0000-7000-8000-000000000002';

const ENCRYPTED = created({ properties: { cinder_encryption_key_id: '5f1b1a0e-0000-4000-8000-000000000001', cinder_encryption_key_deletion_policy: 'on_image_deletion' } });

/** What each sample, whatever its version, makes of an image that is uploading. */
const SHOWS: Readonly<Record<ImageEvent['type'], { readonly before?: readonly ImageEvent[]; readonly image: Partial<Image> }>> = {
  ImageCreated: {
    before: [],
    image: {
      id: '7B4E9D52-0c1f-4a53-9c37-1f2a3b4c5d6e', status: 'queued', owner: '5ef70662f8b34079a6eddb8da9d75fe8', visibility: 'shared',
      name: 'Größe 😀', diskFormat: 'qcow2', containerFormat: 'bare', minDisk: 2, minRam: 512, protected: false, hidden: false,
      tags: ['base', 'lts'], properties: JSON.parse('{"os_distro":"debian","__proto__":"kept"}') as Record<string, string>,
    },
  },
  ImageAttributesChanged: { image: { name: null, protected: true, minRam: 1024, diskFormat: 'iso' } },
  ImageVisibilityChanged: { image: { visibility: 'community' } },
  ImageOwnerChanged: { image: { owner: null } },
  ImagePropertiesChanged: { image: { properties: { os_version: '13' } } },
  ImageTagsChanged: { image: { tags: ['base', 'new'] } },
  ImageShared: { image: { members: [{ member: MEMBER, status: 'pending', canShare: true, createdAt: '2026-11-01T10:01:00.000Z', updatedAt: '2026-11-01T10:01:00.000Z' }] } },
  ImageMembershipDecided: { before: [created(), shared(MEMBER)], image: { members: [expect.objectContaining({ member: MEMBER, status: 'accepted' })] } },
  ImageUnshared: { before: [created(), shared(MEMBER), shared('p3')], image: { members: [expect.objectContaining({ member: 'p3' })] } },
  ImageDataStored: {
    image: {
      status: 'active', size: Number.MAX_SAFE_INTEGER, virtualSize: null, checksum: '900150983cd24fb0d6963f7d28e17f72',
      osHashAlgo: 'sha512', osHashValue: 'ddaf35a1', diskFormat: 'raw', containerFormat: 'ovf', openUpload: null,
    },
  },
  ImageDataReferenced: {
    before: [created()],
    image: { status: 'active', size: 355467264, diskFormat: 'qcow2', containerFormat: 'bare', checksum: null, osHashValue: null },
  },
  ImageDataHashed: { image: { checksum: '900150983cd24fb0d6963f7d28e17f72', osHashAlgo: 'sha512', osHashValue: 'ddaf35a1', size: null } },
  ImageDeactivated: { before: [created(), stored()], image: { status: 'deactivated' } },
  ImageReactivated: { before: [created(), stored(), { type: 'ImageDeactivated', data: {} }], image: { status: 'active' } },
  ImageDeleted: { image: { status: 'deleted', deletedAt: '2026-11-01T10:01:00.000Z' } },
  ImageRestored: { before: [created(), stored(), located(LOCATION), deleted('2026-12-01T00:00:00.000Z')], image: { status: 'active', deletedAt: null, scrubAfter: null } },
  ImageUploadStarted: { before: [created()], image: { status: 'saving', openUpload: UPLOAD } },
  ImageUploadFailed: { image: { status: 'killed', openUpload: null } },
  ImageLocationAdded: {
    image: { locations: [expect.objectContaining({ id: LOCATION, store: 'fast', url: `file:///var/lib/images/${IMAGE_ID}`, metadata: { rack: '7' }, uploadId: UPLOAD })] },
  },
  ImageLocationRemoved: { before: [created(), located(LOCATION)], image: { locations: [], leftovers: [expect.objectContaining({ id: LOCATION })] } },
  ImageDataStaged: { before: [created(), started(UPLOAD, 'stage')], image: { status: 'uploading', size: 1048576, openUpload: UPLOAD, staged: expect.objectContaining({ uploadId: UPLOAD, node: 'host-1a2b3c4d' }) as Image['staged'] } },
  ImageImportRequested: { before: [created()], image: { status: 'importing', openImport: expect.objectContaining({ taskId: TASK, method: 'web-download', outcome: 'pending' }) as Image['openImport'] } },
  ImageImportStarted: { before: [created(), importRequested()], image: { status: 'importing', openImport: expect.objectContaining({ outcome: 'processing' }) as Image['openImport'] } },
  ImageImportSucceeded: { before: [created(), importRequested()], image: { openImport: null, imports: [expect.objectContaining({ outcome: 'success', storedIn: ['fast'], failed: { cheap: 'The store is full.' } })] } },
  ImageImportFailed: { before: [created(), importRequested()], image: { status: 'queued', openImport: null, imports: [expect.objectContaining({ outcome: 'failure', reason: 'The web server answered 404.' })] } },
  ImageEncryptionKeyDeleted: { before: [ENCRYPTED, deleted()], image: { keyToDelete: null } },
  ImageRecordPurged: { before: [created(), shared(MEMBER), deleted()], image: { status: 'deleted', properties: {}, tags: [], members: [], imports: [] } },
  ImageEncryptionKeyKept: { before: [ENCRYPTED, deleted()], image: { keyToDelete: null } },
  ImageDataPurged: { before: [created(), located(LOCATION)], image: { locations: [] } },
};

const BEFORE = [created({ properties: { os_distro: 'debian' }, tags: ['base', 'lts'] }), started(UPLOAD)];
const samples = readdirSync(FOLDER).map((file) => file.replace('.json', '')).sort();

describe('the samples of history', () => {
  it('has one of every version of every event type, and none of a type that is unknown', () => {
    const expected = Object.entries(imageDecider.versions).flatMap(([type, current]) => Array.from({ length: current }, (_, i) => `${type}.v${i + 1}`));
    expect(samples).toEqual(expected.sort());
  });

  it.each(samples)('reads %s as it was meant', (name) => {
    const [type, v] = name.split('.v') as [ImageEvent['type'], string];
    const { before = BEFORE, image } = SHOWS[type];
    const meta: EventMeta = {
      id: eventId(60), stream: `image-${IMAGE_ID}`, v: Number(v), at: new Date(EPOCH + 60_000).toISOString(), hlc: hlcAt(EPOCH + 60_000), site: SITE,
      actor: CONTEXT.actor, requestId: null, causationId: null, correlationId: null, creation: type === 'ImageCreated' ? null : eventId(0),
    };
    const stored = { ...seal({ type, data: sample(name) }, meta), stream: meta.stream, revision: 0, chain: Buffer.alloc(32), recordedAt: new Date(0) };
    const event = open<ImageEvent>(stored, imageDecider);
    if (typeof event === 'string') throw new Error(`${name} cannot be read: ${event}`);
    const placedBefore = before.map((one, n) => placed(one, { n, ms: EPOCH + n }));
    expect(imageOf(IMAGE_ID, fold([...placedBefore, event]))).toMatchObject(image);
  });
});
