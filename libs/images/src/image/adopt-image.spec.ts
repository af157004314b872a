import { givenFor } from '#event-store';
import { AdoptImage, type AdoptedImage } from './adopt-image.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, deleted, IMAGE_ID, NEW_IMAGE, SITE } from './image.fixture.js';
import { imageOf, openWorkOf, type Image } from './image.js';

const given = givenFor(imageDecider);

const CREATED = '2013-04-05T06:07:08.000Z';
const UPDATED = '2014-04-05T06:07:08.000Z';
const DELETED = '2015-04-05T06:07:08.000Z';
const { home: _, ...image } = NEW_IMAGE;
const LOCATION = { locationId: 'l1', store: 'file', url: 'file:///old/1', metadata: {} };
const DATA = { size: 42, virtualSize: 420, checksum: 'c0', hash: { algo: 'sha512', value: 'h0' } };
const QUEUED: AdoptedImage = {
  image, status: 'queued', createdAt: CREATED, updatedAt: UPDATED, deletedAt: null, scrubAfter: null, data: null, uploadId: 'u1', locations: [], members: [],
};
const ACTIVE: AdoptedImage = { ...QUEUED, status: 'active', data: DATA, locations: [LOCATION] };

const adopt = (adopted: Partial<AdoptedImage>, from = QUEUED, id = IMAGE_ID) => new AdoptImage(CONTEXT, id, { ...from, ...adopted }, SITE);

function adopted(more: Partial<AdoptedImage>, from = QUEUED): Image {
  const found = imageOf(IMAGE_ID, given().when(adopt(more, from)).state());
  if (!found) throw new Error('nothing was adopted');
  return found;
}

describe('An image of another installation', () => {
  it('is created at the time, and was last changed at the time, that the other one knows', () => {
    expect(adopted({})).toMatchObject({ status: 'queued', createdAt: CREATED, updatedAt: UPDATED, name: 'grub', locations: [] });
    expect(adopted({}, ACTIVE)).toMatchObject({ status: 'active', createdAt: CREATED, updatedAt: UPDATED });
  });

  it('that was never changed is one event', () => {
    given().when(adopt({ updatedAt: CREATED })).decides({ ...created(), at: CREATED });
  });

  it('has its data, hashes and places', () => {
    expect(adopted({}, ACTIVE)).toMatchObject({ size: 42, virtualSize: 420, checksum: 'c0', osHashAlgo: 'sha512', osHashValue: 'h0', locations: [{ ...LOCATION, id: 'l1', locationId: undefined }].map(({ locationId: __, ...one }) => one) });
  });

  it('keeps the only checksum that an older one had', () => {
    expect(adopted({ data: { ...DATA, hash: null } }, ACTIVE)).toMatchObject({ status: 'active', size: 42, virtualSize: 420, checksum: 'c0', osHashAlgo: null, osHashValue: null });
    expect(adopted({ data: { ...DATA, checksum: null } }, ACTIVE)).toMatchObject({ checksum: null, osHashValue: 'h0' });
    expect(adopted({ data: { size: null, virtualSize: null, checksum: null, hash: null } }, ACTIVE)).toMatchObject({ status: 'active', size: null, checksum: null });
  });

  it.each(['active', 'deactivated', 'killed', 'queued'] as const)('is %s as it was, and no work is open on it', (status) => {
    const found = adopted({ status, ...(status === 'killed' || status === 'queued' ? { data: null } : {}) }, ACTIVE);
    expect(found).toMatchObject({ status, deletedAt: null, updatedAt: UPDATED });
    expect(openWorkOf(found)).toEqual([]);
  });

  it('is deleted since when it was, its id stays taken, and nothing is to be removed', () => {
    const found = adopted({ status: 'deleted', deletedAt: DELETED, locations: [] }, ACTIVE);
    expect(found).toMatchObject({ status: 'deleted', deletedAt: DELETED, createdAt: CREATED, size: 42 });
    expect(openWorkOf(found)).toEqual([]);
  });

  it('waits for a scrubber where it did', () => {
    expect(adopted({ status: 'pending_delete', deletedAt: DELETED, scrubAfter: UPDATED }, ACTIVE)).toMatchObject({ status: 'pending_delete', deletedAt: DELETED, scrubAfter: UPDATED, locations: [{ id: 'l1' }] });
  });

  it('has its members, with what they decided and when', () => {
    const times = { createdAt: CREATED, updatedAt: UPDATED };
    const { members, updatedAt } = adopted({
      members: [
        { member: 'red', status: 'accepted', canShare: true, ...times }, { member: 'blue', status: 'pending', canShare: false, ...times, updatedAt: CREATED },
        { member: 'green', status: 'rejected', canShare: false, ...times },
      ],
    });
    expect(members).toEqual([
      { member: 'red', status: 'accepted', canShare: true, ...times }, { member: 'blue', status: 'pending', canShare: false, createdAt: CREATED, updatedAt: CREATED },
      { member: 'green', status: 'rejected', canShare: false, ...times },
    ]);
    expect(updatedAt).toBe(UPDATED);
  });

  it('keeps the spelling of its id', () => {
    const upper = IMAGE_ID.toUpperCase();
    expect(imageOf(IMAGE_ID, given().when(adopt({}, QUEUED, upper)).state())?.id).toBe(upper);
  });

  it('is not adopted twice, nor over an image that is here, nor under the id of one that was', () => {
    given({ ...created(), at: CREATED }).when(adopt({})).decides();
    given(created({ name: 'another' })).when(adopt({}, ACTIVE)).decides();
    given(created(), deleted()).when(adopt({}, ACTIVE)).decides();
  });
});
