import { table } from './table.js';
import { utcTime } from './utc-time.js';

describe('A table', () => {
  it('is drawn as PrettyTable draws it', () => {
    const columns = [{ name: 'ID', align: 'centre' }, { name: 'Last Modified (UTC)', align: 'centre' }, { name: 'Size', align: 'right' }] as const;
    const rows = [['0a000000-0000-4000-8000-000000000001', '2023-11-14T22:13:20.250000', '5'], ['abc', 'N/A', '5081088'], ['abcd', utcTime(0), '']];
    expect(table(columns, rows)).toBe(`\
+--------------------------------------+----------------------------+---------+
|                  ID                  |    Last Modified (UTC)     |    Size |
+--------------------------------------+----------------------------+---------+
| 0a000000-0000-4000-8000-000000000001 | 2023-11-14T22:13:20.250000 |       5 |
|                 abc                  |            N/A             | 5081088 |
|                 abcd                 |    1970-01-01T00:00:00     |         |
+--------------------------------------+----------------------------+---------+`);
  });

  it('puts the odd blank where PrettyTable puts it', () => {
    expect(table([{ name: 'abc', align: 'centre' }], [['ab'], ['a'], ['']])).toBe('+-----+\n| abc |\n+-----+\n|  ab |\n|  a  |\n|     |\n+-----+');
    expect(table([{ name: 'abcd', align: 'centre' }], [['abc'], ['a']])).toBe('+------+\n| abcd |\n+------+\n| abc  |\n|  a   |\n+------+');
  });
});

describe('A time', () => {
  it.each([
    [1_700_000_000, '2023-11-14T22:13:20'],
    [1_700_000_000.25, '2023-11-14T22:13:20.250000'],
    [1_700_000_000.123_456_7, '2023-11-14T22:13:20.123457'],
    [1_700_000_000.000_001, '2023-11-14T22:13:20.000001'],
    [0.999_999_9, '1970-01-01T00:00:01'],
    [1795512416.6176674, '2026-11-24T09:26:56.617667'],
    [0.000_000_5, '1970-01-01T00:00:00'],
    [0.000_001_5, '1970-01-01T00:00:00.000002'],
  ])('of %d s is %s', (seconds, text) => expect(utcTime(seconds)).toBe(text));
});
