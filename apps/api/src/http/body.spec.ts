import fc from 'fast-check';
import { hostileJson } from '../../../../test/support/hostile-values.js';
import { spoiltBytes } from '../../../../test/support/hostile-documents.js';
import { parseJson } from './body.js';

const outcome = (bytes: Uint8Array): unknown => {
  try {
    return parseJson(bytes);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('Any bytes', () => {
  const object = fc.tuple(hostileJson, hostileJson).map(([key, value]) => `{"a":${value},${key}:${value}}`);
  const list = fc.array(hostileJson, { maxLength: 3 }).map((values) => `[${values.join(',')}]`);

  it('are an object or a list that can be kept as it is, or refused', () => {
    fc.assert(fc.property(spoiltBytes(fc.oneof(object, list)), (bytes) => {
      const found = outcome(bytes);
      if (found === 'MalformedBody' || found === 'InvalidValue') return;
      const text = JSON.stringify(found);
      expect(JSON.stringify(JSON.parse(text))).toBe(text);
      expect(text).toMatch(/^[[{]/);
      expect(text).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/);
    }), { numRuns: 2000 });
  });
});
