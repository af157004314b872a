import { givenFor } from '#event-store';
import { SetActivation } from './activation.js';
import { imageDecider } from './image.decider.js';
import type { ImageEvent } from './image.events.js';
import { CONTEXT, created, deleted, failed, IMAGE_ID, located, started, stored } from './image.fixture.js';

const given = givenFor(imageDecider);
const deactivate = new SetActivation(CONTEXT, IMAGE_ID, 'deactivated');
const reactivate = new SetActivation(CONTEXT, IMAGE_ID, 'active');
const ACTIVE = [created(), started(), stored(), located()];
const OFF: ImageEvent = { type: 'ImageDeactivated', data: {} };
const ON: ImageEvent = { type: 'ImageReactivated', data: {} };

describe('deactivating and reactivating', () => {
  it('go from active to deactivated and back', () => {
    given(...ACTIVE).when(deactivate).decides(OFF);
    given(...ACTIVE, OFF).when(reactivate).decides(ON);
    given(...ACTIVE, OFF, ON).when(deactivate).decides(OFF);
  });

  it('do nothing to an image that is there already', () => {
    given(...ACTIVE).when(reactivate).decides();
    given(...ACTIVE, OFF).when(deactivate).decides();
  });

  it.each([['queued', [created()]], ['saving', [created(), started()]], ['killed', [created(), started(), failed('u1', 'killed')]]] as [string, ImageEvent[]][])(
    'are refused while the image is %s',
    (_status, events) => {
      given(...events).when(deactivate).refuses('NotActiveForDeactivation');
      given(...events).when(reactivate).refuses('NotActiveForDeactivation');
    },
  );

  it('find no deleted image', () => {
    given(...ACTIVE, deleted()).when(deactivate).refuses('ImageNotFound');
  });
});
