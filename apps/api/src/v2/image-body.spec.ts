import fc from 'fast-check';
import { parseChanges } from './image-changes.js';
import { parsePatch, type PatchVersion } from './json-patch.js';
import { parseNewImage } from './new-image.js';

const schema = { diskFormats: ['raw', 'qcow2', 'iso'], containerFormats: ['bare', 'ova'] };
const changes = (body: unknown, version: PatchVersion = '2.1', locations = false) => parseChanges(parsePatch(version, body), { schema, locations });

function refused(parse: () => unknown): string {
  try {
    return `accepted ${JSON.stringify(parse())}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : `uncoded ${String(error)}`;
  }
}

const LONG = 'x'.repeat(256);

describe('A new image', () => {
  it('is what the client says, in the words of the domain', () => {
    const body = {
      id: 'AAAAAAAA-1111-4111-8111-111111111111', name: null, disk_format: 'raw', container_format: 'bare', visibility: 'private', protected: true,
      os_hidden: true, min_disk: 5, min_ram: 2147483647, owner: 'p', tags: ['a', 'a'], 'trait:HW X': 'required', kernel_id: null, constructor: 'c',
    };
    expect(parseNewImage(body, schema)).toEqual({
      id: 'AAAAAAAA-1111-4111-8111-111111111111', name: null, diskFormat: 'raw', containerFormat: 'bare', visibility: 'private', protected: true,
      hidden: true, minDisk: 5, minRam: 2147483647, owner: 'p', tags: ['a', 'a'], properties: { 'trait:HW X': 'required', constructor: 'c' },
    });
    expect(parseNewImage({}, schema)).toEqual({ properties: {} });
  });

  it.each(['status', 'size', 'virtual_size', 'checksum', 'created_at', 'updated_at', 'os_hash_algo', 'os_hash_value', 'self', 'file', 'schema', 'direct_url', 'stores'])(
    'cannot set %s', (name) => {
      expect(refused(() => parseNewImage({ [name]: 'x' }, schema))).toBe(`AttributeReadOnly: Attribute '${name}' is read-only.`);
    });

  it.each(['location', 'locations', 'deleted', 'deleted_at', 'os_glance_x', 'image_id', 'extra_properties'])('cannot set %s, which is reserved', (name) => {
    expect(refused(() => parseNewImage({ [name]: 'x' }, schema))).toBe(`AttributeReadOnly: Attribute '${name}' is reserved.`);
  });

  it.each([
    [{ name: 5 }, "5 is not of type 'null', 'string'"], [{ name: LONG }, 'is too long'], [{ disk_format: 'bad' }, "'bad' is not one of [None, 'raw', 'qcow2', 'iso']"],
    [{ container_format: 'x' }, "'x' is not one of [None, 'bare', 'ova']"], [{ visibility: 'xx' }, "'xx' is not one of"], [{ protected: 'true' }, "'true' is not of type 'boolean'"],
    [{ os_hidden: 'true' }, 'boolean'], [{ min_disk: 1.5 }, "1.5 is not of type 'integer'"], [{ min_disk: null }, "None is not of type 'integer'"],
    [{ min_disk: '5' }, 'integer'], [{ min_ram: true }, 'integer'], [{ owner: 5 }, 'owner'], [{ owner: LONG }, 'too long'], [{ tags: 'x' }, "'x' is not of type 'array'"],
    [{ tags: null }, 'array'], [{ tags: [1] }, "On instance['tags'][0]:\n    1"], [{ tags: [LONG] }, 'too long'], [{ id: 'zz' }, "'zz' does not match"], [{ id: null }, 'string'],
    [{ foo: 5 }, "5 is not of type 'string'\n\nOn instance['foo']"], [{ foo: null }, 'None'], [{ kernel_id: 'zz' }, 'does not match'],
    [{ cinder_encryption_key_deletion_policy: 'x' }, "is not one of ['on_image_deletion', 'do_not_delete']"],
  ])('%j does not match the schema', (body, why) => {
    const answer = refused(() => parseNewImage(body, schema));
    expect(answer).toMatch(/^InvalidValue: Provided object does not match schema 'image': /);
    expect(answer).toContain(why);
  });

  it.each([
    [{ min_disk: -1 }, "InvalidValue: Invalid value '-1' for parameter 'min_disk': Cannot be a negative value"],
    [{ min_ram: 2147483648 }, "InvalidValue: 'min_ram' value out of range, must not exceed 2147483647."],
    [{ [LONG]: 'v' }, 'InvalidValue: Custom property should not be greater than 255 characters.'],
    [[], 'InvalidValue: Request body must be a JSON object.'],
    [JSON.parse('{"__proto__":"x"}'), "AttributeReadOnly: Attribute '__proto__' is reserved."],
  ])('%.80j is refused', (body, why) => {
    expect(refused(() => parseNewImage(body, schema))).toBe(why);
  });

  it('must have the properties that the operator requires', () => {
    const strict = { ...schema, properties: { rack: { type: 'string' } }, required: ['rack'] };
    expect(refused(() => parseNewImage({}, strict))).toContain("'rack' is a required property");
    expect(parseNewImage({ rack: '7' }, strict).properties).toEqual({ rack: '7' });
    expect(changesOf(strict)).toHaveLength(1);
  });

  const changesOf = (strict: typeof schema) => parseChanges(parsePatch('2.1', [{ op: 'replace', path: '/name', value: 'n' }]), { schema: strict, locations: false });
});

describe('A change', () => {
  it('of an attribute sets it, whether added or replaced', () => {
    expect(changes([{ op: 'add', path: '/os_hidden', value: true }, { op: 'replace', path: '/disk_format', value: null }])).toEqual([
      { kind: 'attribute', name: 'hidden', value: true }, { kind: 'attribute', name: 'diskFormat', value: null },
    ]);
  });

  it('of a property keeps its verb, but v2.0 only creates', () => {
    expect(changes([{ op: 'add', path: '/a', value: '1' }, { op: 'replace', path: '/b', value: '2' }, { op: 'remove', path: '/c' }])).toEqual([
      { kind: 'property', op: 'add', key: 'a', value: '1' }, { kind: 'property', op: 'replace', key: 'b', value: '2' }, { kind: 'property', op: 'remove', key: 'c' },
    ]);
    expect(changes([{ add: '/a', value: '1' }], '2.0')).toEqual([{ kind: 'property', op: 'create', key: 'a', value: '1' }]);
  });

  it('to null of a property that may be null removes it', () => {
    expect(changes([{ op: 'replace', path: '/kernel_id', value: null }])).toEqual([{ kind: 'property', op: 'remove', key: 'kernel_id' }]);
  });

  it.each([
    [{ op: 'remove', path: '/name' }, 'Forbidden: Property name may not be removed.'],
    [{ op: 'replace', path: '/status', value: 'x' }, "AttributeReadOnly: Attribute 'status' is read-only."],
    [{ op: 'remove', path: '/id' }, "AttributeReadOnly: Attribute 'id' is read-only."],
    [{ op: 'replace', path: '/deleted', value: 'x' }, "AttributeReadOnly: Attribute 'deleted' is reserved."],
    [{ op: 'add', path: '/os_glance_x', value: 5 }, "AttributeReadOnly: Attribute 'os_glance_x' is reserved."],
    [{ op: 'replace', path: '/extra_properties', value: 'x' }, "AttributeReadOnly: Attribute 'extra_properties' is reserved."],
    [{ op: 'replace', path: '/stores', value: 'x' }, 'PropertyMissing: Property stores does not exist.'],
    [{ op: 'add', path: '/stores', value: 'x' }, "AttributeReadOnly: Attribute 'stores' is read-only."],
    [{ op: 'replace', path: '/min_disk', value: -1 }, "InvalidValue: Invalid value '-1' for parameter 'min_disk': Cannot be a negative value"],
    [{ op: 'replace', path: '/locations', value: [] }, 'Forbidden: Cannot set locations to empty list.'],
    [{ op: 'remove', path: '/locations/0' }, "Forbidden: It's not allowed to remove locations if locations are invisible."],
    [{ op: 'add', path: '/locations/-', value: { url: 'x', metadata: {} } }, "Forbidden: It's not allowed to add locations if locations are invisible."],
    [{ op: 'add', path: `/${LONG}`, value: 'v' }, 'InvalidValue: Custom property should not be greater than 255 characters.'],
  ])('%.80j is refused', (step, why) => {
    expect(refused(() => changes([step]))).toBe(why);
  });

  it('of an attribute that v2.0 adds is a conflict', () => {
    expect(refused(() => changes([{ add: '/name', value: 'x' }], '2.0'))).toBe('PropertyExists: Property name already present.');
  });

  it('that is not allowed is told before one that does not fit the image', () => {
    expect(refused(() => changes([{ op: 'remove', path: '/name' }, { op: 'add', path: '/foo', value: 5 }]))).toMatch(/^InvalidValue/);
  });

  it('of visible locations names the place in the list, or its end', () => {
    expect(changes([{ op: 'remove', path: '/locations/0' }], '2.1', true)).toEqual([{ kind: 'location', op: 'remove', at: 0 }]);
    const value = { url: 'http://example.org/x', metadata: {}, validation_data: { os_hash_algo: 'sha512', os_hash_value: 'AB' } };
    expect(changes([{ op: 'add', path: '/locations/-', value }], '2.1', true)).toEqual([
      { kind: 'location', op: 'add', location: { url: value.url, metadata: {}, validation: { osHashAlgo: 'sha512', osHashValue: 'ab' } } },
    ]);
    expect(refused(() => changes([{ op: 'remove', path: '/locations/x' }], '2.1', true))).toMatch(/^InvalidValue/);
  });
});

describe('Any JSON', () => {
  const name = fc.oneof(fc.string(), fc.constantFrom('name', 'tags', 'owner', 'min_disk', 'status', 'locations', 'kernel_id', '__proto__', 'constructor', 'toString'));
  const fields = fc.dictionary(name, fc.jsonValue(), { noNullPrototype: true });

  it('is an image to create, or refused with a code', () => {
    fc.assert(fc.property(fc.oneof(fields, fc.jsonValue()), (body) => {
      expect(refused(() => parseNewImage(body, schema))).not.toMatch(/^uncoded/);
    }), { numRuns: 1000 });
  });

  it('is a list of changes, or refused with a code', () => {
    const step = fc.record({ op: fc.constantFrom('add', 'remove', 'replace'), path: name.map((one) => `/${one}`), value: fc.jsonValue() });
    fc.assert(fc.property(fc.array(step, { maxLength: 3 }), (body) => {
      expect(refused(() => changes(body))).not.toMatch(/^uncoded/);
    }), { numRuns: 1000 });
  });
});
