import { inClientOrder, propertySchema } from './property-schema.js';

describe('the schema of a property', () => {
  it('has the known fields, without the name', () => {
    const given = { maximum: 9, name: 'n', items: { enum: ['a'], type: 'string' }, title: 't', type: 'array', readonly: false, minimum: 1.5 };
    expect(JSON.stringify(propertySchema(given))).toBe('{"type":"array","title":"t","readonly":false,"minimum":1.5,"maximum":9,"items":{"type":"string","enum":["a"]}}');
  });

  it('is shown in the order in which clients get it, what a newer version knows last', () => {
    expect(Object.keys(inClientOrder({ additionalItems: true, confidential: true, title: 't', default: 'd', type: 'string' }))).toEqual(['type', 'title', 'default', 'additionalItems', 'confidential']);
  });

  it.each([[5, '5'], [1.5, '1.5'], [true, 'True'], [false, 'False'], ['é', 'é'], [null, null], [[1], null], [{}, null]])('has the default %j as %j', (value, text) => {
    expect(propertySchema({ default: value })).toEqual({ default: text });
  });

  it.each([
    [{ foo: 1 }], [{ constructor: 1 }], [{ enum: [null] }], [{ enum: [[]] }], [{ enum: 'a' }], [{ items: { enum: ['a'] } }], [{ items: { type: 'string', foo: 1 } }], [{ items: [] }],
    [JSON.parse('{"__proto__": 1}') as Record<string, unknown>],
  ])('refuses %j', (given) => {
    expect(() => propertySchema(given)).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }) as Error);
  });
});
