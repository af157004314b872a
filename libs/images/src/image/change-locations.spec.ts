import { givenFor } from '#event-store';
import { ChangeImage } from './change-image.js';
import type { GivenLocation, LocationChange, ValidationData } from './change-locations.js';
import { imageDecider } from './image.decider.js';
import type { ImageEvent } from './image.events.js';
import { CONTEXT, created, failed, IMAGE_ID, LOCATION_TOOLS, NO_QUOTAS, started, stored } from './image.fixture.js';
import { imageOf } from './image.js';
import type { ImageQuotas } from './quotas.js';

const given = givenFor(imageDecider);
const HASHES: ValidationData = { osHashAlgo: 'sha512', osHashValue: 'h0' };

const at = (name: string, metadata: Record<string, unknown> = {}, validation?: ValidationData): GivenLocation =>
  ({ store: 'http', url: `sealed:http://${name}`, metadata, size: 9, ...(validation ? { validation } : {}) });
const add = (location: GivenLocation, position?: number): LocationChange => ({ kind: 'location', op: 'add', location, ...(position === undefined ? {} : { at: position }) });
const replace = (...locations: GivenLocation[]): LocationChange => ({ kind: 'location', op: 'replace', locations });
const remove = (position?: number): LocationChange => ({ kind: 'location', op: 'remove', ...(position === undefined ? {} : { at: position }) });
const limited = (quotas: Partial<ImageQuotas>, ...changes: LocationChange[]) => {
  let id = 0;
  return new ChangeImage(CONTEXT, IMAGE_ID, changes, { ...NO_QUOTAS, ...quotas }, { ...LOCATION_TOOLS, newId: () => `new${++id}` });
};
const change = (...changes: LocationChange[]) => limited({}, ...changes);

const added = (name: string, locationId = 'new1', metadata = {}): ImageEvent =>
  ({ type: 'ImageLocationAdded', data: { locationId, store: 'http', url: `sealed:http://${name}`, metadata } });
const removed = (locationId: string, reason: 'removed' | 'replaced'): ImageEvent => ({ type: 'ImageLocationRemoved', data: { locationId, reason } });
const referenced = (name: string): ImageEvent =>
  ({ type: 'ImageDataReferenced', data: { url: `sealed:http://${name}`, size: 9, diskFormat: 'iso', containerFormat: 'bare' } });
const ACTIVE = [created(), referenced('a'), added('a', 'l1'), added('b', 'l2'), added('c', 'l3')];
const urls = (events: readonly ImageEvent[], ...changes: LocationChange[]) =>
  imageOf(IMAGE_ID, given(...events).when(change(...changes)).state())?.locations.map(({ url }) => url.replace('sealed:http://', ''));

describe('a location given to a queued image', () => {
  it('makes it active, with the size that the store says', () => {
    given(created()).when(change(add(at('a')))).decides(referenced('a'), added('a'));
    expect(imageOf(IMAGE_ID, given(created()).when(change(add(at('a')))).state())).toMatchObject({ status: 'active', size: 9, checksum: null });
  });

  it('brings the hashes that the client vouches for', () => {
    given(created()).when(change(add(at('a', {}, { ...HASHES, checksum: 'c0' }))))
      .decides(referenced('a'), { type: 'ImageDataHashed', data: { ...HASHES, checksum: 'c0' } }, added('a'));
  });

  it('needs both formats', () => {
    given(created({ diskFormat: null })).when(change(add(at('a')))).refuses('FormatsMissing');
  });

  it('tells no URL to other sites where a key hides them', () => {
    const command = new ChangeImage(CONTEXT, IMAGE_ID, [add(at('a'))], NO_QUOTAS, { ...LOCATION_TOOLS, tellUrls: false });
    given(created()).when(command).decides({ type: 'ImageDataReferenced', data: { size: 9, diskFormat: 'iso', containerFormat: 'bare' } }, added('a', 'new'));
  });
});

describe('the locations of an active image', () => {
  it('get one more at the end, in between, or beyond the end', () => {
    expect(urls(ACTIVE, add(at('d')))).toEqual(['a', 'b', 'c', 'd']);
    expect(urls(ACTIVE, add(at('d'), 1))).toEqual(['a', 'd', 'b', 'c']);
    expect(urls(ACTIVE, add(at('d'), 99))).toEqual(['a', 'b', 'c', 'd']);
    given(...ACTIVE).when(change(add(at('d')))).decides(added('d'));
  });

  it('are in other places only from where the order changed', () => {
    given(...ACTIVE).when(change(add(at('d'), 2))).decides(removed('l3', 'replaced'), added('d', 'new1'), added('c', 'new2'));
  });

  it('never hold the same URL with the same metadata twice', () => {
    given(...ACTIVE).when(change(add(at('b')))).refuses('InvalidLocation');
    given(...ACTIVE).when(change(add(at('d')), add(at('d')))).refuses('InvalidLocation');
    expect(urls(ACTIVE, add(at('b', { rack: 1 })))).toEqual(['a', 'b', 'c', 'b']);
  });

  it('can be reordered and described anew, without a byte being removed', () => {
    expect(urls(ACTIVE, replace(at('c'), at('a'), at('b')))).toEqual(['c', 'a', 'b']);
    given(...ACTIVE).when(change(replace(at('a'), at('b', { rack: 7 }), at('c'))))
      .decides(removed('l2', 'replaced'), removed('l3', 'replaced'), added('b', 'new1', { rack: 7 }), added('c', 'new2'));
    given(...ACTIVE).when(change(replace(at('a'), at('b'), at('c')))).decides();
  });

  it('CVE-2016-0757, CVE-2022-4134, OSSN-0090, OSSN-0065: can neither be exchanged for others, nor emptied, nor lose the last one', () => {
    given(...ACTIVE).when(change(replace(at('a'), at('b'), at('x')))).refuses('InvalidLocation');
    given(...ACTIVE).when(change(replace(at('a'), at('b')))).refuses('InvalidLocation');
    given(...ACTIVE).when(change(replace())).refuses('Forbidden');
    given(...ACTIVE).when(change(remove(), remove(), remove())).refuses('Forbidden');
    given(created(), referenced('a'), added('a', 'l1')).when(change(remove(0))).refuses('Forbidden');
  });

  it('lose one by its place; its bytes are to go, unless the place is still named', () => {
    given(...ACTIVE).when(change(remove(2))).decides(removed('l3', 'removed'));
    given(...ACTIVE).when(change(remove())).decides(removed('l3', 'removed'));
    given(...ACTIVE).when(change(remove(0))).decides(removed('l1', 'removed'));
    given(...ACTIVE).when(change(remove(3))).refuses('InvalidLocation');
    given(...ACTIVE, added('c', 'l4', { rack: 1 })).when(change(remove(3))).decides(removed('l4', 'replaced'));
  });

  it('lose the one that is named by its id, and only that', () => {
    given(...ACTIVE).when(change({ kind: 'location', op: 'remove', id: 'l3' })).decides(removed('l3', 'removed'));
    given(...ACTIVE).when(change({ kind: 'location', op: 'remove', id: 'l9' })).refuses('InvalidLocation');
  });

  it('are at most as many as the quota says', () => {
    given(...ACTIVE).when(limited({ locations: 3 }, add(at('d')))).refuses('QuotaExceeded');
    given(...ACTIVE).when(limited({ locations: 4 }, add(at('d')))).decides(added('d'));
    given(created()).when(limited({ locations: 1 }, replace(at('a'), at('b')))).refuses('QuotaExceeded');
  });

  it('take hashes only that repeat what is known', () => {
    const known = [created(), stored(), added('a', 'l1')];
    given(...known).when(change(add(at('d', {}, HASHES)))).decides(added('d'));
    given(...known).when(change(add(at('d', {}, { ...HASHES, osHashValue: 'h1' })))).refuses('ValidationDataConflict');
    given(...ACTIVE).when(change(add(at('d', {}, HASHES)))).refuses('ValidationDataConflict');
    given(created()).when(change(replace(at('a', {}, HASHES), at('b', {}, { ...HASHES, osHashValue: 'h1' })))).refuses('ValidationDataConflict');
  });
});

it.each([['saving', [created(), started()]], ['deactivated', [...ACTIVE, { type: 'ImageDeactivated', data: {} }]]] as [string, ImageEvent[]][])(
  'an image that is %s takes no location and loses none',
  (_status, events) => {
    for (const step of [add(at('d')), replace(at('d')), remove(0)]) given(...events).when(change(step)).refuses('NotReadyForLocations');
  },
);

it('a queued image has no location to lose', () => {
  given(created(), started(), failed()).when(change(remove(0))).refuses('NotReadyForLocations');
});
