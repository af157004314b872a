import { givenFor } from '#event-store';
import { CreateImage } from './create-image.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, IMAGE_ID, located, NEW_IMAGE, NO_QUOTAS, purged, shared, SITE, started, stored } from './image.fixture.js';
import type { ImageEvent } from './image.events.js';
import { imageOf } from './image.js';
import { PurgeRecord } from './purge-record.js';

const { home: _home, ...NEW } = NEW_IMAGE;
const given = givenFor(imageDecider);
const ACTIVE = [created({ tags: ['lts'], properties: { os_distro: 'debian' } }), shared('p2'), started(), stored(), located()] as const;
const GONE = [...ACTIVE, deleted(), purged('l1')] as const;
const purge = (extent: 'details' | 'row', before = '2999-01-01T00:00:00.000Z') => new PurgeRecord(CONTEXT, IMAGE_ID, extent, before);
const event = (extent: 'details' | 'row'): ImageEvent => ({ type: 'ImageRecordPurged', data: { extent } });

describe('purging what is kept of a deleted image', () => {
  it('takes its details, then its row', () => {
    given(...GONE).when(purge('details')).decides(event('details'));
    given(...GONE, event('details')).when(purge('row')).decides(event('row'));
    given(...GONE).when(purge('row')).decides(event('row'));
    expect(imageOf(IMAGE_ID, given(...GONE).when(purge('details')).state())).toMatchObject({ status: 'deleted', properties: {}, tags: [], members: [] });
  });

  it('does nothing twice, nor after the row is gone', () => {
    given(...GONE, event('details')).when(purge('details')).decides();
    given(...GONE, event('row')).when(purge('row')).decides();
    given(...GONE, event('row')).when(purge('details')).decides();
  });

  it('leaves images that live, wait for a scrubber, have data yet, or were deleted later', () => {
    for (const events of [[], ACTIVE, [...ACTIVE, deleted('2026-12-01T00:00:00.000Z')], [...ACTIVE, deleted()]]) given(...events).when(purge('row')).decides();
    given(...GONE).when(purge('row', '2020-01-01T00:00:00.000Z')).decides();
  });

  it('OSSN-0075: an id stays taken after each purge', () => {
    for (const extent of ['details', 'row'] as const) given(...GONE, event(extent)).when(new CreateImage(CONTEXT, IMAGE_ID, NEW, SITE, NO_QUOTAS)).refuses('ImageIdTaken');
  });
});
