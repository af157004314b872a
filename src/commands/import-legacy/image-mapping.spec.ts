import { locationCipher } from '#stores';
import type { LegacyFinding } from './finding.js';
import { mapImage, type MappedImage, type MappingTools } from './image-mapping.js';
import type { LegacyImage } from './legacy-images.js';
import { OldIds } from './old-ids.js';
import { OldKey } from './old-key.js';
import type { Row } from './source/legacy-database.js';

const KEY = '0123456789abcdef';
const OURS = 'fedcba9876543210';
const ID = '61577324-4937-4fb6-9211-ed0458a2eeac';
/** As Glance's crypt.urlsafe_encrypt wrote it with KEY. */
const BY_GLANCE = 'tr3FV6n-xPcMqDnvWYuEHVAYBWO9jvvVlpQB4KYcV4rBXrhzc4ZXSoKbombCFHBq';

const store = (id: string, prefix: string) => ({ id, owns: (url: string) => url.startsWith(prefix) });
const STORES = [store('fast', 'file:///fast/'), store('big', 'file:///big/')];
const stores = {
  several: true,
  find: (id: string) => STORES.find((one) => one.id === id),
  forUrl: (url: string) => STORES.find((one) => one.owns(url)),
} as MappingTools['stores'];

function map({ row = {}, ...rows }: Partial<LegacyImage> & { row?: Row } = {}, more: Partial<MappingTools> = {}): MappedImage & { found: LegacyFinding[] } {
  const found: LegacyFinding[] = [];
  const image: LegacyImage = {
    properties: [], tags: [], members: [], locations: [], ...rows,
    row: { id: ID, name: 'x', status: 'active', created_at: '2013-04-05 06:07:08.999999', updated_at: '2014-04-05 06:07:08', deleted_at: null, deleted: '0', visibility: 'shared', size: '5', checksum: 'c0', os_hash_algo: 'sha512', os_hash_value: 'h0', ...row },
  };
  const tools: MappingTools = { stores, key: new OldKey(undefined), encrypt: (url) => url, sealed: false, ids: OldIds.from(undefined), keepDeletedFor: 60, ...more };
  return { ...mapImage(image, new Set(['7']), tools, (one) => found.push(one)), found };
}

const location = (value: string, more: Row = {}): Row => ({ id: '1', value, meta_data: '{}', deleted: '0', status: 'active', ...more });

describe('An image of an old database', () => {
  it.each([
    [{ status: 'queued' }, 'queued'], [{ status: 'saving' }, 'queued'], [{ status: 'uploading' }, 'queued'], [{ status: 'importing' }, 'queued'], [{ status: 'odd' }, 'queued'],
    [{ status: 'active' }, 'active'], [{ status: 'deactivated' }, 'deactivated'], [{ status: 'killed' }, 'killed'], [{ status: 'killed', deleted: '1' }, 'deleted'],
    [{ status: 'active', deleted: 't' }, 'deleted'], [{ status: 'deleted', deleted: '1' }, 'deleted'], [{ status: 'pending_delete', deleted: '1' }, 'pending_delete'],
  ])('%j is %s', (row, status) => {
    const { adopted, found } = map({ row });
    expect(adopted.status).toBe(status);
    expect(found.map(({ kind }) => kind)).toEqual(status === 'queued' && row.status !== 'queued' ? ['status'] : []);
  });

  it('has its times in UTC, to the millisecond', () => {
    expect(map().adopted).toMatchObject({ createdAt: '2013-04-05T06:07:08.999Z', updatedAt: '2014-04-05T06:07:08.000Z', deletedAt: null });
    expect(map({ row: { updated_at: null } }).adopted.updatedAt).toBe('2013-04-05T06:07:08.999Z');
  });

  it('waits for a scrubber as long as the new configuration says', () => {
    const row = { status: 'pending_delete', deleted: '1', deleted_at: '2015-01-01 00:00:00' };
    const gone = { deleted: '1', deleted_at: '2015-01-01 00:00:01' };
    const { adopted } = map({ row, locations: [location('file:///fast/a', { ...gone, status: 'pending_delete' })], properties: [{ name: 'k', value: 'v', ...gone }, { name: 'old', value: 'v', deleted: '1', deleted_at: '2014-01-01 00:00:00' }] });
    expect(adopted).toMatchObject({ status: 'pending_delete', scrubAfter: '2015-01-01T00:01:00.000Z', locations: [{ store: 'fast' }], image: { properties: { k: 'v' } } });
  });

  it('is public, shared or private where that was not said in one word', () => {
    const old = { visibility: undefined as never };
    expect(map({ row: { ...old, is_public: '1' } }).adopted.image.visibility).toBe('public');
    expect(map({ row: { ...old, is_public: '0' }, members: [{ member: 'p', deleted: '0' }] }).adopted.image.visibility).toBe('shared');
    expect(map({ row: { ...old, is_public: 'f' }, members: [{ member: 'p', deleted: '1' }] }).adopted.image.visibility).toBe('private');
  });

  it('has its live properties, tags and members, and no property of the old service’s own', () => {
    const { adopted } = map({
      properties: [{ name: 'a', value: 'b' }, { key: 'older', value: null }, { name: 'gone', value: 'x', deleted: '1' }, { name: 'os_glance_failed_import', value: '' }, { name: '__proto__', value: 'p' }],
      tags: [{ value: 't' }, { value: 'gone', deleted: '1' }],
      members: [{ member: 'p', status: 'accepted', can_share: 't', created_at: '2013-05-05 00:00:00', updated_at: '2013-06-05 00:00:00' }, { member: 'q', status: null }, { member: 'r', deleted: '1' }],
    });
    expect(Object.entries(adopted.image.properties)).toEqual([['a', 'b'], ['older', ''], ['__proto__', 'p']]);
    expect(adopted.image.tags).toEqual(['t']);
    expect(adopted.members).toEqual([
      { member: 'p', status: 'accepted', canShare: true, createdAt: '2013-05-05T00:00:00.000Z', updatedAt: '2013-06-05T00:00:00.000Z' },
      expect.objectContaining({ member: 'q', status: 'pending', canShare: false, createdAt: adopted.createdAt }),
    ]);
  });

  it('that is deleted has neither properties nor members nor places', () => {
    const { adopted } = map({ row: { status: 'deleted', deleted: '1' }, properties: [{ name: 'cinder_encryption_key_id', value: 'k', deleted: '1' }], members: [{ member: 'p', deleted: '0' }], locations: [location('file:///fast/a')] });
    expect(adopted).toMatchObject({ members: [], locations: [], image: { properties: {} } });
  });

  it('seed 15: has an id of its own where that was a number, and so have its kernel and ramdisk', () => {
    const { id, adopted, found } = map({ row: { id: '3' }, properties: [{ name: 'kernel_id', value: '7' }, { name: 'ramdisk_id', value: '8' }, { name: 'other', value: '7' }] });
    expect(id).toBe(OldIds.from(undefined).newId('3'));
    expect(adopted.image.properties).toEqual({ kernel_id: OldIds.from(undefined).newId('7'), ramdisk_id: '8', other: '7' });
    expect(found.map(({ kind, what }) => `${kind} ${what}`)).toEqual(['renamed 3', 'reference 3']);
    expect(map({ row: { id: ID.replaceAll('-', '') } }).id).toBe(ID);
    expect(map({ row: { id: ID.toUpperCase() } })).toMatchObject({ id: ID.toUpperCase(), found: [] });
  });

  it('is left where a text of it cannot be kept', () => {
    expect(() => map({ properties: [{ name: 'k', value: 'a\0b' }] })).toThrow(/U\+0000/);
  });

  it('has ids that are another’s in another database', () => {
    const [one, other] = [OldIds.from({ id: '1', created_at: '2011-01-01', name: 'a' }), OldIds.from({ id: '1', created_at: '2011-01-02', name: 'a' })];
    expect(one.newId('3')).not.toBe(other.newId('3'));
  });
});

describe('A location of an old database', () => {
  const places = (...rows: Row[]) => map({ locations: rows });

  it('is of the store that it names where that has it, else of the one that has it', () => {
    const { adopted, found } = places(location('file:///big/a', { meta_data: '{"store": "big", "k": 1}' }), location('file:///fast/a', { id: '2', meta_data: '{"store": "big"}' }));
    expect(adopted.locations.map(({ store: name, metadata }) => ({ name, metadata }))).toEqual([{ name: 'big', metadata: { k: 1 } }, { name: 'fast', metadata: {} }]);
    expect(found).toEqual([]);
  });

  it('is kept where no store has it, and found', () => {
    const { adopted, found } = places(location('rbd://f/p/i/s'), location('file:///other/a', { id: '2', meta_data: '{"store": "older"}' }));
    expect(adopted.locations.map((one) => one.store)).toEqual(['rbd', 'older']);
    expect(found.map(({ kind, detail }) => `${kind} ${detail.includes("store 'rbd'") || detail.includes("store 'older'")}`)).toEqual(['unplaced true', 'unplaced true']);
  });

  it('that the image gave up is left out, and found where its data may be there still', () => {
    const { adopted, found } = places(location('file:///fast/a'), location('file:///fast/b', { id: '2', deleted: '1', status: 'pending_delete' }), location('file:///fast/c', { id: '3', deleted: '1', status: 'deleted' }));
    expect(adopted.locations).toHaveLength(1);
    expect(found.map(({ kind }) => kind)).toEqual(['given-up']);
  });

  it('whose metadata is no JSON keeps its place', () => {
    expect(places(location('file:///fast/a', { meta_data: "(dp0\n." }))).toMatchObject({ adopted: { locations: [{ metadata: {} }] }, found: [{ kind: 'metadata' }] });
  });

  it('that Glance encrypted is opened with its key and sealed with ours', () => {
    const ours = locationCipher(OURS);
    const { adopted } = map({ locations: [location(BY_GLANCE)] }, { key: new OldKey(KEY), encrypt: ours.encrypt, sealed: true });
    expect(adopted.locations[0]?.url).not.toContain('file:');
    expect(ours.decrypt(adopted.locations[0]?.url ?? '')).toBe('file:///fast/ünï');
  });

  it('ends everything where the key is wrong or missing, and leaves one image where the key opened others', () => {
    const wrong = (key: string | undefined) => () => map({ locations: [location(BY_GLANCE)] }, { key: new OldKey(key) });
    expect(wrong(undefined)).toThrow(expect.objectContaining({ code: 'LegacyKeyWrong', message: expect.stringContaining('no key was given') as string }));
    expect(wrong(OURS)).toThrow(expect.objectContaining({ code: 'LegacyKeyWrong', message: expect.stringContaining('does not open it') as string }));
    const key = new OldKey(KEY);
    map({ locations: [location(BY_GLANCE)] }, { key });
    expect(() => map({ locations: [location(locationCipher(OURS).encrypt('file:///fast/b'))] }, { key })).toThrow(/encrypted with another key/);
    expect(() => new OldKey('short')).toThrow(/16, 24 or 32 bytes/);
  });

  it('with credentials is kept only where they can be sealed, and never shown', () => {
    const swift = [location('swift+https://user:secret@auth/v3/c/o')];
    expect(() => map({ locations: swift })).toThrow(/metadata_encryption_key of the new configuration/);
    expect(() => map({ locations: swift })).not.toThrow(/secret/);
    expect(JSON.stringify(map({ locations: swift }, { sealed: true, encrypt: () => 'sealed' }))).not.toContain('secret');
  });
});
