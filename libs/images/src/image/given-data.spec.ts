import { givenFor } from '#event-store';
import { CreateImage, type GivenData } from './create-image.js';
import { FailImport, RequestImport, StartImport } from './import-data.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, failed, IMAGE_ID, located, NEW_IMAGE, NO_QUOTAS, started, stored } from './image.fixture.js';
import type { ImageEvent } from './image.events.js';
import { imageOf } from './image.js';
import { KillImage, StartUpload } from './upload-data.js';

const given = givenFor(imageDecider);
const shown = (state: Parameters<typeof imageOf>[1]) => imageOf(IMAGE_ID, state);
const { home, ...NEW } = NEW_IMAGE;

describe('an image with its data from the start', () => {
  const tools: GivenData['tools'] = { newId: () => 'l9', tellUrls: true };
  const create = (data: GivenData, image = NEW) => new CreateImage(CONTEXT, IMAGE_ID, image, home, NO_QUOTAS, data);

  it('is active at once, of no bytes and without formats', () => {
    const image = shown(given().when(create({ tools }, { ...NEW, diskFormat: null, containerFormat: null })).state());
    expect(image).toMatchObject({ status: 'active', size: 0, locations: [], diskFormat: null });
  });

  it('is active at once where a client says that it lies', () => {
    const location = { store: 'web', url: 'http://a.example/x', metadata: {}, size: 12 };
    const image = shown(given().when(create({ location, tools })).state());
    expect(image).toMatchObject({ status: 'active', size: 12, locations: [{ id: 'l9', store: 'web', url: 'http://a.example/x' }] });
  });
});

describe('killing an image', () => {
  const kill = () => new KillImage(CONTEXT, IMAGE_ID, { uploadId: 'u7', reason: 'no', outcome: 'killed' });

  it('ends one that waits for data, which nobody may upload any more', () => {
    expect(shown(given(created()).when(kill()).state())?.status).toBe('killed');
    given(created(), failed('u1', 'killed')).when(new StartUpload(CONTEXT, IMAGE_ID, { uploadId: 'u2', method: 'upload', store: 'main' })).refuses('NotQueuedForUpload');
  });

  it.each([['that another attempt has', [started()]], ['that is active', [started(), stored(), located()]], ['that is deleted', [deleted()]]])('leaves one alone %s', (_title, events) => {
    given(created(), ...events).when(kill()).decides();
  });
});

describe('copying from elsewhere', () => {
  const request = new RequestImport(CONTEXT, IMAGE_ID, {
    taskId: 't1', method: 'copy-from', stores: ['main'], allStoresMustSucceed: true, input: {}, by: { user: null, project: null, roles: [], admin: true, requestId: null },
  });
  const requested = (): ImageEvent[] => [{ type: 'ImageImportRequested', data: { ...request.request, uploadId: 't1' } }];

  it('leaves the image queued until somebody begins', () => {
    expect(shown(given(created()).when(request).state())?.status).toBe('queued');
    expect(shown(given(created(), ...requested()).when(new StartImport(CONTEXT, IMAGE_ID, 't1')).state())?.status).toBe('importing');
  });

  it('kills the image where it fails, whose client is gone', () => {
    const fail = new FailImport(CONTEXT, IMAGE_ID, { taskId: 't1', reason: 'no', perStore: {} });
    expect(shown(given(created(), ...requested()).when(fail).state())).toMatchObject({ status: 'killed', openImport: null });
    expect(shown(given(created(), ...requested(), deleted()).when(fail).state())?.status).toBe('deleted');
  });
});
