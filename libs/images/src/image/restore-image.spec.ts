import { givenFor } from '#event-store';
import { imageDecider } from './image.decider.js';
import type { ImageEvent } from './image.events.js';
import { CONTEXT, created, decided, deleted, IMAGE_ID, located, purged, restored, shared, started, stored, unlocated } from './image.fixture.js';
import { imageOf } from './image.js';
import { imageUsage } from './image-usage.js';
import { RestoreImage } from './restore-image.js';

const given = givenFor(imageDecider);
const restore = new RestoreImage(CONTEXT, IMAGE_ID);
const LATER = '2026-12-01T00:00:00.000Z';
const ACTIVE = [created({ properties: { os_distro: 'debian' }, tags: ['lts'] }), shared('p2'), decided('p2', 'accepted'), started(), stored(), located(), located('l2')] as const;
const shown = (state: Parameters<typeof imageOf>[1]) => imageOf(IMAGE_ID, state);

describe('restoring an image whose deletion waits for a scrubber', () => {
  it('brings back all of it: data, properties, tags and members', () => {
    const before = shown(given(...ACTIVE).state());
    const pending = given(...ACTIVE, deleted(LATER));
    pending.when(restore).decides(restored());
    expect(shown(pending.state())).toMatchObject({ status: 'pending_delete', scrubAfter: LATER });
    expect(shown(pending.when(restore).state())).toEqual({ ...before, updatedAt: expect.any(String) });
  });

  it('brings back a deactivated image as what it was', () => {
    const state = given(...ACTIVE, { type: 'ImageDeactivated', data: {} }, deleted(LATER)).when(restore).state();
    expect(shown(state)?.status).toBe('deactivated');
  });

  it('counts the image as its owner\'s again', () => {
    const counted = (...events: ImageEvent[]) => imageUsage(given(...events).state());
    expect(counted(...ACTIVE, deleted(LATER))).toMatchObject({ images: 0n, live: 0n, bytes: 84n });
    expect(counted(...ACTIVE, deleted(LATER), restored())).toEqual(counted(...ACTIVE));
  });

  it('leaves an image that can be deleted again, and restored again', () => {
    given(...ACTIVE, deleted(LATER), restored(), deleted(LATER)).when(restore).decides(restored());
    expect(shown(given(...ACTIVE, deleted(LATER), restored(), deleted()).state())?.status).toBe('deleted');
  });

  it('is possible though a place was given up before the deletion', () => {
    given(...ACTIVE, unlocated('l2'), purged('l2'), deleted(LATER)).when(restore).decides(restored());
    given(...ACTIVE, unlocated('l2'), deleted(LATER), purged('l2')).when(restore).decides(restored());
  });

  it('is refused where nothing waits: no image, one that lives, one whose data goes at once or is gone', () => {
    given().when(restore).refuses('ImageNotFound');
    given(...ACTIVE).when(restore).refuses('NotPendingDelete');
    given(...ACTIVE, deleted(LATER), restored()).when(restore).refuses('NotPendingDelete');
    given(...ACTIVE, deleted()).when(restore).refuses('NotPendingDelete');
    given(...ACTIVE, deleted(LATER), purged('l1', 'l2')).when(restore).refuses('NotPendingDelete');
  });

  it('is refused once a scrubber took some of the data', () => {
    given(...ACTIVE, deleted(LATER), purged('l1')).when(restore).refuses('ScrubbedAlready');
  });
});
