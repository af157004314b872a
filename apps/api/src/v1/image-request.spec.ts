import type { Image } from '#images';
import { imageMetaOf } from './image-headers.js';
import { changesOf } from './image-request.js';
import { metaValues } from './meta-values.js';

const IMAGE = { visibility: 'private', diskFormat: 'raw', containerFormat: 'bare', properties: { kept: '1', gone: '2', os_glance_x: '3' } } as unknown as Image;
const FORMATS = { diskFormats: ['raw', 'iso'], containerFormats: ['bare'] };

function changes(headers: Record<string, string>, { admin = false, purge = true } = {}) {
  const meta = imageMetaOf(headers);
  return changesOf(metaValues(meta, FORMATS), meta, IMAGE, { admin, purge });
}

describe('What a PUT of version 1 changes', () => {
  it('is no property that is said again, and what it does not say is gone', () => {
    expect(changes({ 'x-image-meta-property-kept': '1', 'x-image-meta-property-New': 'n' })).toEqual([
      { kind: 'property', op: 'add', key: 'new', value: 'n' }, { kind: 'property', op: 'discard', key: 'gone' },
    ]);
    expect(changes({ 'x-image-meta-property-kept': '4' }, { purge: false })).toEqual([{ kind: 'property', op: 'add', key: 'kept', value: '4' }]);
  });

  it('is no format that it has, no owner for who is no admin, and no visibility that means the same', () => {
    const given = { 'x-image-meta-disk_format': 'raw', 'x-image-meta-owner': 'me', 'x-image-meta-is_public': 'no' };
    expect(changes(given, { purge: false })).toEqual([]);
    expect(changes(given, { purge: false, admin: true })).toEqual([{ kind: 'attribute', name: 'owner', value: 'me' }]);
    expect(changes({ 'x-image-meta-is_public': 'on', 'x-image-meta-container_format': 'bare', 'x-image-meta-disk_format': 'iso' }, { purge: false })).toEqual([
      { kind: 'attribute', name: 'diskFormat', value: 'iso' }, { kind: 'attribute', name: 'visibility', value: 'public' },
    ]);
  });
});
