import fc from 'fast-check';
import { parseMemberStatus, parseNewMembers } from './member-body.js';

const refused = (parse: () => unknown): unknown => {
  try {
    return parse();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('the bodies of member requests', () => {
  it.each(['p2', 'Projekt 😀', '5ef70662f8b34079a6eddb8da9d75fe8', 'x'.repeat(255), '😀'.repeat(255)])('take the project %s', (member) => {
    expect(parseNewMembers({ member, more: 1 })).toEqual({ one: member });
    expect(parseNewMembers({ members: [member, 'p3'] })).toEqual({ several: [member, 'p3'] });
  });

  it.each([{}, { member: '' }, { member: null }, { member: 5 }, { member: ['p2'] }, { member: {} }, { member: 'x'.repeat(256) }, { Member: 'p2' }, { members: [] }, { members: 'p2' }, { members: null }, { members: [''] }, { members: ['p2', 5] }, { member: '', members: ['p2'] }])('refuse %j for a project', (body) => {
    expect(refused(() => parseNewMembers(body))).toBe('InvalidValue');
  });

  it.each(['pending', 'accepted', 'rejected'])('take the status %s', (status) => {
    expect(parseMemberStatus({ status })).toBe(status);
  });

  it.each([{}, { status: 'Accepted' }, { status: '' }, { status: null }, { status: ['accepted'] }, { status: 'all' }])('refuse %j for a status', (body) => {
    expect(refused(() => parseMemberStatus(body))).toBe('InvalidValue');
  });

  it('refuse every array and break at nothing', () => {
    for (const parse of [parseNewMembers, parseMemberStatus]) {
      expect(refused(() => parse(['p2']))).toBe('MalformedBody');
      fc.assert(fc.property(fc.oneof(fc.object(), fc.array(fc.anything())), (body) => {
        expect(['InvalidValue', 'MalformedBody']).toContain(refused(() => parse(body)));
      }));
    }
  });
});
