import { givenFor } from '#event-store';
import type { GivenLocation } from './change-locations.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, IMAGE_ID, importRequested, LOCATION_TOOLS, NO_QUOTAS, started, TASK } from './image.fixture.js';
import { imageOf } from './image.js';
import type { ImageEvent } from './image.events.js';
import { FailImport, RequestImport, StartImport } from './import-data.js';
import { FinishLocationImport, ImportLocation, type Hashing } from './import-location.js';
import { ChangeImage } from './change-image.js';
import { StartUpload } from './upload-data.js';

const given = givenFor(imageDecider);
const HASHES = { osHashAlgo: 'sha256', osHashValue: 'ab' };
const PLACE = { store: 'web', url: 'http://a', metadata: {} };
const BY = { user: 'user-1', project: 'p1', roles: ['member'], admin: false, requestId: 'req-1' };
const DATA = { size: 9, checksum: 'c0', ...HASHES };

const ask = (hashing: Hashing, location: GivenLocation = { ...PLACE, size: 9, validation: HASHES }) =>
  new ImportLocation(CONTEXT, IMAGE_ID, { taskId: TASK, location, hashing, input: { loc_url: 'http://a' }, by: BY }, NO_QUOTAS, LOCATION_TOOLS);
const finish = (result: ConstructorParameters<typeof FinishLocationImport>[3] = DATA) => new FinishLocationImport(CONTEXT, IMAGE_ID, TASK, result, true);

const requested = importRequested({ method: 'location-import', stores: ['web'], input: { loc_url: 'http://a' }, by: BY });
const located: ImageEvent = { type: 'ImageLocationAdded', data: { locationId: 'new', ...PLACE, uploadId: TASK } };
const referenced: ImageEvent = { type: 'ImageDataReferenced', data: { url: 'http://a', size: 9, diskFormat: 'iso', containerFormat: 'bare' } };
const succeeded: ImageEvent = { type: 'ImageImportSucceeded', data: { taskId: TASK, stores: ['web'] } };
const taken: ImageEvent = { type: 'ImageImportStarted', data: { taskId: TASK } };
const statusAfter = (...events: ImageEvent[]) => imageOf(IMAGE_ID, given(...events).state())?.status;

describe('A place that is added as a task', () => {
  it('makes the image active once its data has the hashes that were given', () => {
    given(created()).when(ask('before')).decides(requested, located);
    expect(statusAfter(created(), requested, located)).toBe('queued');
    given(created(), requested, located).when(new StartImport(CONTEXT, IMAGE_ID, TASK)).decides(taken);
    expect(statusAfter(created(), requested, located, taken)).toBe('importing');
    given(created(), requested, located, taken).when(finish()).decides(referenced, { type: 'ImageDataHashed', data: { checksum: 'c0', ...HASHES } }, succeeded);
  });

  it('leaves a queued image without the place when it fails', () => {
    const failed: ImageEvent = { type: 'ImageImportFailed', data: { taskId: TASK, reason: 'other bytes', perStore: {} } };
    const gone: ImageEvent = { type: 'ImageLocationRemoved', data: { locationId: 'new', reason: 'removed' } };
    given(created(), requested, located, taken).when(new FailImport(CONTEXT, IMAGE_ID, failed.data)).decides(gone, failed);
    expect(imageOf(IMAGE_ID, given(created(), requested, located, taken, gone, failed).state())).toMatchObject({
      status: 'queued', locations: [], openImport: null, osHashValue: null, imports: [{ outcome: 'failure', reason: 'other bytes' }],
    });
    given(created(), requested, located, gone, failed).when(new StartUpload(CONTEXT, IMAGE_ID, { uploadId: 'u', method: 'upload', store: 'main' })).state();
  });

  it('makes the image active at once where no hashes were given, which come later or never', () => {
    given(created()).when(ask('after', { ...PLACE, size: 9 })).decides(requested, referenced, located);
    const before = [created(), requested, referenced, located];
    expect(statusAfter(...before)).toBe('active');
    given(...before).when(finish()).decides({ type: 'ImageDataHashed', data: { checksum: 'c0', ...HASHES } }, succeeded);
    given(...before).when(finish({ note: 'unreadable' })).decides({ type: 'ImageImportSucceeded', data: { taskId: TASK, stores: ['web'], note: 'unreadable' } });
    expect(imageOf(IMAGE_ID, given(...before).when(finish({ note: 'unreadable' })).state())).toMatchObject({ status: 'active', osHashValue: null, imports: [{ outcome: 'success', reason: 'unreadable' }] });
  });

  it('takes hashes as they are given where nobody computes any, and is done', () => {
    given(created()).when(ask('never')).decides(requested, referenced, located, { type: 'ImageDataHashed', data: { checksum: null, ...HASHES } }, succeeded);
    given(created()).when(ask('never', { ...PLACE, size: 9 })).decides(requested, referenced, located, succeeded);
  });

  it('happens once, however often it is asked for or ended', () => {
    given(created(), requested, located).when(ask('before')).decides();
    given(created(), requested, referenced, located, succeeded).when(finish()).decides();
    given(created()).when(finish()).decides();
  });

  it('needs a queued image with its formats and no other task', () => {
    given(created(), importRequested({ taskId: 'other' })).when(ask('before')).refuses('ImportUnderWay');
    given(created(), started()).when(ask('before')).refuses('NotReadyForLocations');
    given(created({ diskFormat: null })).when(ask('after')).refuses('FormatsMissing');
    given(created(), deleted()).when(ask('never')).refuses('ImageNotFound');
  });

  it('lets nobody else give the image data meanwhile, although it still shows as queued', () => {
    const waiting = given(created(), requested, located);
    waiting.when(new StartUpload(CONTEXT, IMAGE_ID, { uploadId: 'u', method: 'upload', store: 'main' })).refuses('NotQueuedForUpload');
    waiting.when(new StartUpload(CONTEXT, IMAGE_ID, { uploadId: 'u', method: 'stage', store: 'main' })).refuses('NotQueuedForUpload');
    waiting.when(new RequestImport(CONTEXT, IMAGE_ID, { taskId: 'x', method: 'web-download', stores: ['main'], allStoresMustSucceed: true, input: {}, by: BY })).refuses('ImportUnderWay');
    const change = { kind: 'location', op: 'add', location: { ...PLACE, url: 'http://b', size: 1 } } as const;
    waiting.when(new ChangeImage(CONTEXT, IMAGE_ID, [change], NO_QUOTAS, LOCATION_TOOLS)).refuses('NotReadyForLocations');
  });

  it('is nothing to an image that was deleted meanwhile', () => {
    given(created(), requested, located, deleted()).when(finish()).refuses('ImageGoneDuringUpload');
    given(created(), requested, located, deleted()).when(new FailImport(CONTEXT, IMAGE_ID, { taskId: TASK, reason: 'deleted', perStore: {} }))
      .decides({ type: 'ImageImportFailed', data: { taskId: TASK, reason: 'deleted', perStore: {} } });
  });
});
