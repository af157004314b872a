import { givenFor } from '#event-store';
import { FailImport, FinishImport, FinishStaging, RequestImport, StartImport, StoreImported } from './import-data.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, failed, IMAGE_ID, IMPORT, importRequested, located, staged, started, STORED, TASK } from './image.fixture.js';
import type { ImageEvent } from './image.events.js';

const given = givenFor(imageDecider);
const { uploadId: _uploadId, ...HASHED } = STORED;
const DATA = { ...HASHED, diskFormat: 'iso', containerFormat: 'bare' };
const place = (store: string) => ({ locationId: `at-${store}`, store, url: `file:///${store}`, metadata: {} });
const at = (store: string): ImageEvent => ({ type: 'ImageLocationAdded', data: { ...place(store), uploadId: TASK } });
const active: ImageEvent = { type: 'ImageDataStored', data: { uploadId: TASK, ...DATA } };
const failure = { taskId: TASK, reason: 'the store is full', perStore: { main: 'the store is full' } };
const end: ImageEvent = { type: 'ImageImportFailed', data: failure };
const two = importRequested({ stores: ['fast', 'cheap'], allStoresMustSucceed: false });

describe('a request for an import', () => {
  const direct = new RequestImport(CONTEXT, IMAGE_ID, { ...IMPORT, method: 'glance-direct' });

  it('of staged data goes on with their attempt, on their node', () => {
    const onNode: ImageEvent = { type: 'ImageDataStaged', data: { uploadId: 'u1', size: 42, store: 'staging', url: 'file:///s', node: 'host-1' } };
    given(created(), started('u1', 'stage'), onNode).when(direct).decides(importRequested({ method: 'glance-direct', uploadId: 'u1', node: 'host-1' }));
  });

  it.each<[string, ImageEvent[], string]>([
    ['nothing is staged', [created()], 'NotReadyForImport'],
    ['the data is still coming', [created(), started('u1', 'stage')], 'NotReadyForImport'],
    ['another has not ended', [created(), importRequested({ taskId: 'other' })], 'ImportUnderWay'],
    ['the image has no disk format', [created({ diskFormat: null }), started('u1', 'stage'), staged()], 'ImportNeedsFormats'],
    ['the image has no container format', [created({ containerFormat: null }), started('u1', 'stage'), staged()], 'ImportNeedsFormats'],
    ['the image is gone', [created(), deleted()], 'ImageNotFound'],
  ])('is refused where %s', (_, before, code) => {
    given(...before).when(direct).refuses(code);
  });

  it('that is sent again changes nothing', () => {
    given(created(), importRequested()).when(new RequestImport(CONTEXT, IMAGE_ID, IMPORT)).decides();
  });
});

describe('an import under way', () => {
  it('tells each time that a process takes it up', () => {
    given(created(), importRequested()).when(new StartImport(CONTEXT, IMAGE_ID, TASK)).decides({ type: 'ImageImportStarted', data: { taskId: TASK } });
    given(created(), importRequested(), end).when(new StartImport(CONTEXT, IMAGE_ID, TASK)).decides();
  });

  it('takes staged data of its own attempt only, and as long as the image is wanted', () => {
    const own = { uploadId: TASK, size: 1, store: 'staging', url: 'file:///s' };
    given(created(), importRequested()).when(new FinishStaging(CONTEXT, IMAGE_ID, own)).decides({ type: 'ImageDataStaged', data: own });
    given(created(), importRequested()).when(new FinishStaging(CONTEXT, IMAGE_ID, { ...own, uploadId: 'u9' })).refuses('ImageGoneDuringUpload');
    given(created(), importRequested(), deleted()).when(new FinishStaging(CONTEXT, IMAGE_ID, own)).refuses('ImageGoneDuringUpload');
  });

  it('makes the image active with the first store where others can be missed, and adds a store once', () => {
    given(created(), two).when(new StoreImported(CONTEXT, IMAGE_ID, TASK, place('fast'), DATA)).decides(active, at('fast'));
    given(created(), two, active, at('fast')).when(new StoreImported(CONTEXT, IMAGE_ID, TASK, place('cheap'), DATA)).decides(at('cheap'));
    given(created(), two, active, at('fast')).when(new StoreImported(CONTEXT, IMAGE_ID, TASK, place('fast'), DATA)).decides();
    given(created(), two, deleted()).when(new StoreImported(CONTEXT, IMAGE_ID, TASK, place('fast'), DATA)).refuses('ImageGoneDuringUpload');
  });

  it('ends well with all that it changed at once', () => {
    const result = { taskId: TASK, stores: ['fast', 'cheap'] };
    const outcome = { locations: [place('fast'), place('cheap')], data: { ...DATA, diskFormat: 'raw' }, attributes: { diskFormat: 'raw' }, properties: { from: 'us' } };
    given(created(), importRequested({ stores: ['fast', 'cheap'] })).when(new FinishImport(CONTEXT, IMAGE_ID, result, outcome)).decides(
      { type: 'ImageAttributesChanged', data: { set: { diskFormat: 'raw' } } },
      { type: 'ImagePropertiesChanged', data: { set: { from: 'us' }, removed: [] } },
      { type: 'ImageDataStored', data: { uploadId: TASK, ...DATA, diskFormat: 'raw' } },
      at('fast'), at('cheap'),
      { type: 'ImageImportSucceeded', data: result },
    );
    given(created(), importRequested(), end).when(new FinishImport(CONTEXT, IMAGE_ID, result, outcome)).decides();
  });
});

describe('an import that fails', () => {
  const fails = new FailImport(CONTEXT, IMAGE_ID, failure);

  it('ends the attempt whose bytes were staged', () => {
    const direct = importRequested({ method: 'glance-direct', uploadId: 'u1' });
    given(created(), started('u1', 'stage'), staged(), direct).when(fails).decides({ type: 'ImageUploadFailed', data: { uploadId: 'u1', reason: failure.reason, outcome: 'queued' } }, end);
    given(created(), started('u1', 'stage'), staged(), direct, failed('u1'), end).when(fails).decides();
  });

  it('takes back the copies of an active image, never the data that made one active', () => {
    const copy = importRequested({ method: 'copy-image' });
    given(created(), started(), { type: 'ImageDataStored', data: { uploadId: 'u1', ...DATA } }, located(), copy, at('cheap')).when(fails)
      .decides({ type: 'ImageLocationRemoved', data: { locationId: 'at-cheap', reason: 'removed' } }, end);
    given(created(), two, active, at('fast')).when(fails).decides(end);
    given(created(), two, active, at('fast'), { type: 'ImageDeactivated', data: {} }).when(fails).decides(end);
  });

  it('leaves the places of a deleted image to its deletion', () => {
    given(created(), two, active, at('fast'), deleted()).when(fails).decides(end);
  });
});
