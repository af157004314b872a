import { givenFor } from '#event-store';
import { imageDecider } from './image.decider.js';
import type { ImageEvent } from './image.events.js';
import { CONTEXT, created, deleted, IMAGE_ID, located, purged, started, stored } from './image.fixture.js';
import { imageOf, openWorkOf } from './image.js';
import { SettleEncryptionKey } from './settle-encryption-key.js';

const given = givenFor(imageDecider);
const KEY = '5f1b1a0e-0000-4000-8000-000000000001';
const ENCRYPTED = created({ properties: { cinder_encryption_key_id: KEY, cinder_encryption_key_deletion_policy: 'on_image_deletion' } });
const ACTIVE = [ENCRYPTED, started(), stored(), located()] as const;
const gone = new SettleEncryptionKey(CONTEXT, IMAGE_ID, KEY);
const kept = new SettleEncryptionKey(CONTEXT, IMAGE_ID, KEY, 'refused');
const GONE: ImageEvent = { type: 'ImageEncryptionKeyDeleted', data: { keyId: KEY } };
const KEPT: ImageEvent = { type: 'ImageEncryptionKeyKept', data: { keyId: KEY, reason: 'refused' } };
const work = (...events: ImageEvent[]) => {
  const image = imageOf(IMAGE_ID, given(...events).state());
  return image && openWorkOf(image).includes('encryption-key') ? image.keyToDelete : null;
};

describe('The key that an image\'s data is encrypted with', () => {
  it('has to go with the image where Cinder says so', () => {
    expect(work(...ACTIVE, deleted())).toBe(KEY);
    expect(work(...ACTIVE)).toBeNull();
    expect(work(created({ properties: { cinder_encryption_key_id: KEY } }), deleted())).toBeNull();
    expect(work(created({ properties: { cinder_encryption_key_id: KEY, cinder_encryption_key_deletion_policy: 'never' } }), deleted())).toBeNull();
  });

  it('stays as long as the image can be restored', () => {
    const pending = [...ACTIVE, deleted('2026-12-01T00:00:00.000Z')];
    expect(work(...pending)).toBeNull();
    given(...pending).when(gone).decides();
    expect(work(...pending, purged('l1'))).toBe(KEY);
  });

  it('is gone, or kept, once and for all, but what was kept may go after all', () => {
    given(...ACTIVE, deleted()).when(gone).decides(GONE);
    given(...ACTIVE, deleted()).when(kept).decides(KEPT);
    given(...ACTIVE, deleted(), KEPT).when(kept).decides();
    given(...ACTIVE, deleted(), KEPT).when(gone).decides(GONE);
    given(...ACTIVE, deleted(), GONE).when(kept).decides();
    expect([work(...ACTIVE, deleted(), GONE), work(...ACTIVE, deleted(), KEPT)]).toEqual([null, null]);
  });
});
