import { givenFor } from '#event-store';
import { DeleteImage, PurgeImageData } from './delete-image.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, failed, IMAGE_ID, importRequested, located, purged, staged, started, stored } from './image.fixture.js';
import { imageOf, openWorkOf } from './image.js';

const given = givenFor(imageDecider);
const remove = new DeleteImage(CONTEXT, IMAGE_ID);
const purge = (...locationIds: string[]) => new PurgeImageData(CONTEXT, IMAGE_ID, locationIds);
const ACTIVE = [created(), started(), stored(), located()] as const;
const shown = (state: Parameters<typeof imageOf>[1]) => imageOf(IMAGE_ID, state);
const openWork = (state: Parameters<typeof imageOf>[1]) => {
  const image = shown(state);
  return image && openWorkOf(image);
};

describe('deleting an image', () => {
  it.each([
    ['queued', [created()]], ['saving', [created(), started()]], ['active', [...ACTIVE]], ['killed', [created(), started(), failed('u1', 'killed')]],
  ])('deletes one that is %s', (_title, events) => {
    given(...events).when(remove).decides(deleted());
    expect(shown(given(...events).when(remove).state())).toMatchObject({ status: 'deleted', deletedAt: expect.any(String) });
  });

  it('leaves its data as work to be done', () => {
    expect(openWork(given(...ACTIVE).when(remove).state())).toEqual(['purge']);
    expect(openWork(given(created()).when(remove).state())).toEqual([]);
  });

  it('refuses one that is protected', () => {
    given(created({ protected: true })).when(remove).refuses('ImageProtected');
  });

  it('refuses one that is not there, or not any more', () => {
    given().when(remove).refuses('ImageNotFound');
    given(created(), deleted()).when(remove).refuses('ImageNotFound');
    given(...ACTIVE, deleted('2026-12-01T00:00:00.000Z')).when(remove).refuses('ImageNotFound');
  });

  it('keeps the data of one that has some for as long as it is told to', () => {
    const later = new DeleteImage(CONTEXT, IMAGE_ID, 3600);
    given(...ACTIVE).when(later).decides(deleted('2026-01-01T01:00:00.004Z'));
    expect(shown(given(...ACTIVE).when(later).state())?.status).toBe('pending_delete');
    given(...ACTIVE, { type: 'ImageDeactivated', data: {} }).when(later).decides(deleted('2026-01-01T01:00:00.005Z'));
    given(created()).when(later).decides(deleted());
  });

  it('keeps data for ever where it is told to for longer than there are dates', () => {
    given(...ACTIVE).when(new DeleteImage(CONTEXT, IMAGE_ID, Number.MAX_SAFE_INTEGER)).decides(deleted('9999-12-31T23:59:59.999Z'));
  });

  it('lets go at once what is not complete, though data is kept', () => {
    const later = new DeleteImage(CONTEXT, IMAGE_ID, 3600);
    given(created(), started('u1', 'stage'), staged(), importRequested()).when(later).decides(deleted());
    expect(openWork(given(created(), started('u1', 'stage'), staged(), deleted()).state())).toEqual(['purge']);
  });

  it('leaves nothing to be done as long as the data is kept', () => {
    expect(openWork(given(...ACTIVE, deleted('2026-12-01T00:00:00.000Z')).state())).toEqual([]);
  });

  it('shows a scheduled deletion as pending until the data is purged', () => {
    const scheduled = given(...ACTIVE, deleted('2026-12-01T00:00:00.000Z'));
    expect(shown(scheduled.state())?.status).toBe('pending_delete');
    expect(shown(scheduled.when(purge('l1')).state())?.status).toBe('deleted');
  });
});

describe('purging the data of an image', () => {
  it('ends the work that the deletion began', () => {
    given(...ACTIVE, deleted()).when(purge('l1')).decides(purged('l1'));
    const state = given(...ACTIVE, deleted()).when(purge('l1')).state();
    expect(openWork(state)).toEqual([]);
    expect(shown(state)?.locations).toEqual([]);
  });

  it('names only locations that the image has, and leaves the rest to be done', () => {
    const two = given(...ACTIVE, located('l2'), deleted());
    two.when(purge('l2', 'unknown')).decides(purged('l2'));
    expect(openWork(two.when(purge('l2')).state())).toEqual(['purge']);
  });

  it('ends with the bytes that were staged', () => {
    const staging = given(created(), started('u1', 'stage'), staged(), deleted());
    staging.when(purge('u1')).decides(purged('u1'));
    expect(shown(staging.when(purge('u1')).state())?.staged).toBeNull();
    given(created(), started('u1', 'stage'), staged()).when(purge('u1')).decides();
  });

  it('decides nothing where it is done, where the image lives, or where there is none', () => {
    given(...ACTIVE, deleted(), purged('l1')).when(purge('l1')).decides();
    given(...ACTIVE).when(purge('l1')).decides();
    given(...ACTIVE, deleted()).when(purge()).decides();
    given().when(purge('l1')).decides();
  });
});
