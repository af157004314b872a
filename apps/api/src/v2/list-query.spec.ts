import fc from 'fast-check';
import { hostileText } from '../../../../test/support/hostile-values.js';
import { parseListQuery } from './list-query.js';

const parse = (query: string) => parseListQuery(new URLSearchParams(query), { limitDefault: 25, limitMax: 1000 });
const refusal = (query: string): unknown => {
  try {
    return parse(query);
  } catch (error) {
    return error;
  }
};
const sorts = (query: string) => parse(query).sort.map(({ key, direction }) => `${key} ${direction}`).join(', ');

describe('the query of an image list', () => {
  it('has the newest first and 25 of them where nothing is asked', () => {
    expect(parse('')).toEqual({ filters: {}, sort: [{ key: 'created_at', direction: 'desc' }, { key: 'id', direction: 'desc' }], limit: 25 });
  });

  it.each([
    ['sort=name:asc', 'name asc, created_at asc, id asc'],
    ['sort=name', 'name desc, created_at desc, id desc'],
    ['sort=name:asc,size', 'name asc, size desc, created_at desc, id desc'],
    ['sort_key=name&sort_key=size&sort_dir=asc', 'name asc, size asc, created_at asc, id asc'],
    ['sort_key=name&sort_key=size&sort_dir=asc&sort_dir=desc', 'name asc, size desc, created_at desc, id desc'],
    ['sort_key=id', 'id desc, created_at desc'],
    ['sort_dir=asc', 'created_at asc, id asc'],
  ])('sorts by %s as %s', (query, expected) => {
    expect(sorts(query)).toBe(expected);
  });

  it.each([
    ['limit=0', { limit: 0 }], ['limit=5000', { limit: 1000 }], ['os_hidden=True', { hidden: true }], ['visibility=all', { visibility: 'all' }],
    ['name=in:a,%22b,c%22,d', { filters: { name: ['a', 'b,c', 'd'] } }], ['name=eq:x', { filters: { name: ['x'] } }],
    ['tag=a&tag=b', { filters: { tags: ['a', 'b'] } }], ['hw_x=in:a,b', { filters: { properties: { hw_x: 'in:a,b' } } }],
    ['size_min=3&min_ram_max=7', { filters: { numbers: [{ column: 'size', op: 'min', value: 3 }, { column: 'min_ram', op: 'max', value: 7 }] } }],
    ['created_at=gte:2020-01-02T03:04:05Z', { filters: { times: [{ column: 'created_at', op: 'gte', at: new Date('2020-01-02T03:04:05Z') }] } }],
    ['updated_at=2020-01-02T03:04:05', { filters: { times: [{ column: 'updated_at', op: 'eq', at: new Date('2020-01-02T03:04:05Z') }] } }],
    ['updated_at=lt:2024-02-29', { filters: { times: [{ column: 'updated_at', op: 'lt', at: new Date('2024-02-29T00:00:00Z') }] } }],
    ['member_status=pending', { memberStatus: 'pending' }], ['member_status=all&visibility=shared', { memberStatus: 'all', visibility: 'shared' }],
    ['protected=true&deleted=true', { filters: { protected: true } }],
  ])('understands %s', (query, expected) => {
    expect(parse(query)).toMatchObject(expected);
  });

  it.each([
    'limit=-1', 'limit=x', 'limit=', 'sort=size:up', 'sort=nothing', 'sort=name&sort_key=name', 'sort_key=name&sort_dir=asc&sort_dir=asc', 'sort_dir=up',
    'name=in:%22a', 'name=in:a%22b', 'status=gt:x', 'created_at=xx:2020-01-01', 'created_at=soon', 'created_at=2023-02-29', 'updated_at=lt:1900-02-29', 'created_at=gt:2020-00-01', 'created_at=gt:2020-01-00', 'created_at=0000-01-01', 'created_at=2020-01-01T24:00:00Z', 'size_min=x', 'bogus_min=1', 'name_max=1',
    'protected=True', 'os_hidden=maybe', 'visibility=secret', 'member_status=maybe', 'member_status=', 'member_status=Accepted', 'member_status=constructor', 'changes-since=2020-01-01', 'name=%00', 'tag=%00', 'a%00b=c',
  ])('refuses %s', (query) => {
    expect(refusal(query)).toMatchObject({ code: 'InvalidValue' });
  });

  const time = fc.tuple(fc.constantFrom('', 'gt:', 'eq:', 'no:'), fc.date({ noInvalidDate: false })).map(([op, at]) => op + (Number.isNaN(at.getTime()) ? 'no time' : at.toISOString()));

  it('may be as long as a line of HTTP', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `p${i}`);
    const { filters } = parse(keys.map((key) => `${key}=1&tag=${key}`).join('&'));
    expect([Object.keys(filters.properties ?? {}), filters.tags]).toEqual([keys, keys]);
    expect(Object.hasOwn(parse('__proto__=x').filters.properties ?? {}, '__proto__')).toBe(true);
  });

  it.each(['size_min=1', 'created_at=gt:2020-01-01'])('may have %s a hundred times, not more', (condition) => {
    expect(parse(Array(100).fill(condition).join('&')).limit).toBe(25);
    expect(refusal(Array(101).fill(condition).join('&'))).toMatchObject({ code: 'InvalidValue' });
  });

  it('answers or refuses whatever is asked, and breaks at nothing', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('limit', 'sort', 'sort_key', 'sort_dir', 'name', 'created_at', 'size_min', 'tag', 'x', 'marker', 'visibility'), fc.oneof(fc.string(), hostileText, time))), (pairs) => {
      const answer = refusal(new URLSearchParams(pairs).toString());
      expect(answer instanceof Error ? answer : { code: 'InvalidValue' }).toMatchObject({ code: 'InvalidValue' });
    }), { numRuns: 1000 });
  });
});
