import { changedOptions } from './changed-options.js';

describe('Changed options', () => {
  it('are those whose values differ, whatever their type', () => {
    const before = { DEFAULT: { workers: 2, quota: 10n, formats: ['raw'], stores: new Map([['a', 'file']]) }, site: { name: 'x' } };
    const after = { DEFAULT: { workers: 2, quota: 11n, formats: ['raw'], stores: new Map([['a', 'http']]) }, site: { name: 'x' } };
    expect(changedOptions(before, before)).toEqual([]);
    expect(changedOptions(before, after)).toEqual(['[DEFAULT] quota', '[DEFAULT] stores']);
  });

  it('are new ones and those that are no more as well', () => {
    expect(changedOptions({ a: { x: undefined } }, { a: { x: 1 } })).toEqual(['[a] x']);
    expect(changedOptions({ a: { x: 1 } }, { a: { x: undefined } })).toEqual(['[a] x']);
  });
});
