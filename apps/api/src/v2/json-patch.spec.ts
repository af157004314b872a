import fc from 'fast-check';
import { parsePatch, patchVersion } from './json-patch.js';

const refusal = (body: unknown, version: '2.0' | '2.1' = '2.1'): string => {
  try {
    return `accepted ${JSON.stringify(parsePatch(version, body))}`;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'InvalidValue' ? error.message : String(error);
  }
};
const at = (path: unknown) => refusal([{ op: 'add', path, value: 'v' }]);

describe('The media type of a PATCH', () => {
  it.each([
    ['application/openstack-images-v2.0-json-patch', '2.0'], ['application/openstack-images-v2.1-json-patch', '2.1'],
    ['Application/OpenStack-images-v2.1-json-patch; charset=utf-8', '2.1'],
  ])('%s is version %s', (type, version) => {
    expect(patchVersion(type)).toBe(version);
  });

  it.each([['application/json'], ['application/json-patch+json'], [''], [undefined]])('%p is refused, and what would do is named', (type) => {
    expect(() => patchVersion(type)).toThrow(expect.objectContaining({
      code: 'NotAcceptableMediaType',
      headers: { 'accept-patch': 'application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch' },
    }));
  });
});

describe('A v2.1 patch', () => {
  it('is its steps in order', () => {
    const steps = [{ op: 'replace', path: '/name', value: null }, { op: 'remove', path: '/a~1b~0c', value: 'ignored' }, { op: 'add', path: '/ x ', value: '1' }];
    expect(parsePatch('2.1', steps)).toEqual([
      { op: 'replace', path: ['name'], value: null, version: '2.1' },
      { op: 'remove', path: ['a/b~c'], version: '2.1' },
      { op: 'add', path: ['x'], value: '1', version: '2.1' },
    ]);
    expect(parsePatch('2.1', [])).toEqual([]);
  });

  // The sentences are those of Glance 25.1.
  it.each([
    [{}, 'Request body must be a JSON array of operation objects.'],
    [[5], 'Operations must be JSON objects.'], [[null], 'Operations must be JSON objects.'], [[[]], 'Operations must be JSON objects.'],
    [[{}], 'Unable to find `op` in JSON Schema change. It must be one of the following: add, remove, replace.'],
    [[{ op: 'test', path: '/x' }], 'Invalid operation: `test`. It must be one of the following: add, remove, replace.'],
    [[{ op: 5, path: '/x' }], 'Invalid operation: `5`. It must be one of the following: add, remove, replace.'],
    [[{ op: 'add', value: 1 }], "Unable to find 'path' in JSON Schema change"],
    [[{ op: 'add', path: '/x' }], 'Operation "add" requires a member named "value".'],
  ])('%j is refused: %s', (body, why) => {
    expect(refusal(body)).toBe(why);
  });

  it.each([
    ['x', 'Pointer `x` does not start with "/".'], ['', 'Pointer `` does not start with "/".'], ['//x', 'Pointer `//x` contains adjacent "/".'],
    ['/x//y', 'Pointer `/x//y` contains adjacent "/".'], ['/x/', 'Pointer `/x/` end with "/".'], ['/', 'Pointer `/` does not contains valid token.'],
    ['/a~2b', 'Pointer `/a~2b` contains "~" not part of a recognized escape sequence.'],
    ['/a~', 'Pointer `/a~` contains "~" not part of a recognized escape sequence.'], [5, 'Pointer `5` is not a string.'],
    ['/a/b', "Invalid JSON pointer for this resource: '/a/b'"], ['/tags/-', "Invalid JSON pointer for this resource: '/tags/-'"],
    ['/locations', "Invalid JSON pointer for this resource: '/locations'"],
  ])('the pointer %j is refused: %s', (path, why) => {
    expect(at(path)).toBe(why);
  });

  it('reaches into locations', () => {
    expect(at('/locations/-')).toContain('accepted');
    expect(refusal([{ op: 'replace', path: '/locations', value: [] }])).toContain('accepted');
    expect(refusal([{ op: 'replace', path: '/locations/0', value: [] }])).toContain('Invalid JSON pointer');
  });
});

describe('A v2.0 patch', () => {
  it('names the pointer by the verb', () => {
    expect(parsePatch('2.0', [{ add: '/zz', value: '1' }, { remove: '/y' }])).toEqual([
      { op: 'add', path: ['zz'], value: '1', version: '2.0' }, { op: 'remove', path: ['y'], version: '2.0' },
    ]);
  });

  it.each([
    [[{}], 'Operation objects must contain exactly one member named "add", "remove", or "replace".'],
    [[{ op: 'add', path: '/x', value: '1' }], 'Operation objects must contain exactly one member named "add", "remove", or "replace".'],
    [[{ add: '/x', replace: '/y', value: '1' }], 'Operation objects must contain only one member named "add", "remove", or "replace".'],
    [[{ add: '/zy' }], 'Operation "add" requires a member named "value".'], [[{ add: 'zz', value: 1 }], 'Pointer `zz` does not start with "/".'],
  ])('%j is refused: %s', (body, why) => {
    expect(refusal(body, '2.0')).toBe(why);
  });
});

describe('Any JSON', () => {
  const pointer = fc.oneof(fc.string(), fc.stringMatching(/^[/~01a ]{0,8}$/));
  const step = fc.oneof(fc.jsonValue(), fc.record({ op: fc.constantFrom('add', 'remove', 'replace', 'x'), path: pointer, value: fc.jsonValue() }, { requiredKeys: [] }));
  const body = fc.oneof(fc.jsonValue(), fc.array(step, { maxLength: 4 }));

  it('is steps with a path, or refused', () => {
    fc.assert(fc.property(body, fc.constantFrom('2.0' as const, '2.1' as const), (json, version) => {
      expect(refusal(json, version)).not.toMatch(/^\w*Error/);
    }), { numRuns: 1000 });
  });
});
