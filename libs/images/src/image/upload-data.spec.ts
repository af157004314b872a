import { givenFor } from '#event-store';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, failed, IMAGE_ID, located, started, STORED, stored } from './image.fixture.js';
import { imageOf, openWorkOf } from './image.js';
import { FailUpload, FinishUpload, StartUpload } from './upload-data.js';

const given = givenFor(imageDecider);
const start = (uploadId = 'u1') => new StartUpload(CONTEXT, IMAGE_ID, { uploadId, method: 'upload', store: 'main' });
const finish = (uploadId = 'u1') => new FinishUpload(CONTEXT, IMAGE_ID, { ...STORED, uploadId }, { locationId: 'l1', store: 'main', url: 'file:///images/l1', metadata: {} });
const fail = (uploadId = 'u1', outcome: 'queued' | 'killed' = 'queued') => new FailUpload(CONTEXT, IMAGE_ID, { uploadId, reason: 'the client left', outcome });
const shown = (state: Parameters<typeof imageOf>[1]) => imageOf(IMAGE_ID, state);

describe('starting an upload', () => {
  it('makes a queued image saving, with the attempt as open work', () => {
    given(created()).when(start()).decides(started());
    const image = shown(given(created()).when(start()).state());
    expect(image).toMatchObject({ status: 'saving', openUpload: 'u1', size: null });
    expect(image && openWorkOf(image)).toEqual(['upload']);
  });

  it('may be tried again after a failure', () => {
    given(created(), started(), failed()).when(start('u2')).decides(started('u2'));
  });

  it.each([
    ['saving', [started()]], ['active', [started(), stored(), located()]], ['killed', [started(), failed('u1', 'killed')]],
  ])('is refused while the image is %s', (_title, events) => {
    given(created(), ...events).when(start('u2')).refuses('NotQueuedForUpload');
  });

  it.each([
    [{ diskFormat: null }, 'disk_format'], [{ containerFormat: null }, 'container_format'],
    [{ diskFormat: null, containerFormat: null }, 'disk_format, container_format'],
  ])('is refused without its formats: %p', (attributes, missing) => {
    expect(given(created(attributes)).when(start()).refuses('FormatsMissing').message).toContain(missing);
  });

  it('is refused where the image is gone', () => {
    given().when(start()).refuses('ImageNotFound');
    given(created(), deleted()).when(start()).refuses('ImageNotFound');
  });
});

describe('finishing an upload', () => {
  it('makes the image active with its data, its place and the formats it had', () => {
    given(created({ diskFormat: 'raw' }), started()).when(finish()).decides(stored({ diskFormat: 'raw' }), located());
    const image = shown(given(created(), started()).when(finish()).state());
    expect(image).toMatchObject({ status: 'active', size: 42, checksum: 'c0', osHashValue: 'h0', openUpload: null, locations: [{ id: 'l1', url: 'file:///images/l1' }] });
    expect(image && openWorkOf(image)).toEqual([]);
  });

  it.each([
    ['which never started', []],
    ['which failed', [started(), failed()]],
    ['which another took over', [started(), failed(), started('u2')]],
    ['which is finished', [started(), stored(), located()]],
    ['of an image that was deleted meanwhile', [started(), deleted()]],
  ])('is refused for an attempt %s', (_title, events) => {
    given(created(), ...events).when(finish()).refuses('ImageGoneDuringUpload');
  });

  it('is refused where there is no image', () => {
    given().when(finish()).refuses('ImageGoneDuringUpload');
  });
});

describe('failing an upload', () => {
  it('makes the image queued again, or killed where it has to be', () => {
    given(created(), started()).when(fail()).decides(failed());
    expect(shown(given(created(), started()).when(fail()).state())).toMatchObject({ status: 'queued', openUpload: null });
    expect(shown(given(created(), started()).when(fail('u1', 'killed')).state())?.status).toBe('killed');
  });

  it('ends the open work of an image that was deleted meanwhile', () => {
    given(created(), started(), deleted()).when(fail()).decides(failed());
    const image = shown(given(created(), started(), deleted()).when(fail()).state());
    expect(image && openWorkOf(image)).toEqual([]);
    expect(image?.status).toBe('deleted');
  });

  it.each([
    ['ended before', [started(), failed()]], ['is finished', [started(), stored(), located()]],
    ['never started', []], ['is not the open one', [started('u2')]],
  ])('decides nothing for an attempt that %s', (_title, events) => {
    given(created(), ...events).when(fail()).decides();
  });

  it('decides nothing where there is no image', () => {
    given().when(fail()).decides();
  });
});
