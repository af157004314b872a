import { columns } from './columns.js';

describe('Columns', () => {
  it('are as wide as their widest word, and no line ends with a blank', () => {
    expect(columns([['ID', 'STATE', 'WHY'], ['a', 'waiting', ''], ['abc', 'failed', 'no']])).toBe('ID   STATE    WHY\na    waiting\nabc  failed   no\n');
  });

  it('hold what a store said in one line, without signs that move a terminal', () => {
    expect(columns([['WHY'], ['no\r\nsuch\u001b[2Jfile']])).toBe('WHY\nno such [2Jfile\n');
  });
});
