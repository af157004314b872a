import fc from 'fast-check';
import { BadRule, parseRule } from './parse-rule.js';

const CALLER = { user_id: 'u1', project_id: 'p1', roles: ['member', 'auditor'], is_admin: false, token: { user: { domain: { id: 'd1' } } } };
const TARGET = { owner: 'p1', visibility: 'public', user_id: 'u1', nothing: null, protected: true, domain: 'd1' };

const holds = (text: string, rules: Readonly<Record<string, boolean>> = {}) => parseRule('x', text).check(CALLER, TARGET, (name) => rules[name] ?? false);

describe('A policy rule', () => {
  it.each([
    ['', true], ['  ', true], ['@', true], ['!', false], ['not !', true], ['not @', false],
    ['role:member', true], ['role:MEMBER', true], ['role:admin', false], ['role:memb', false],
    ['project_id:%(owner)s', true], ['project_id:p1', true], ['project_id:p2', false], ['project_id:%(missing)s', false],
    ["'public':%(visibility)s", true], ['"public":%(visibility)s', true], ["'private':%(visibility)s", false],
    ['None:%(nothing)s', true], ['True:%(protected)s', true], ['is_admin:False', true], ['is_admin:True', false], ['None:%(missing)s', false],
    ['token.user.domain.id:%(domain)s', true], ['token.user.other:x', false], ['unknown:x', false],
    ['role:member and role:auditor', true], ['role:member AND role:admin', false], ['role:admin or role:member', true],
    ['role:admin and role:admin or role:member', true], ['role:member or role:admin and role:admin', true], ['not role:admin and role:member', true],
    ['(role:admin or role:member) and project_id:p2', false], ['role:admin or (role:member and (project_id:p2 or project_id:p1))', true],
    ['not (role:admin or role:member)', false], ['(((role:member)))', true],
  ])('%p holds: %p', (text, expected) => expect(holds(text)).toBe(expected));

  it('asks another by its name', () => {
    expect(holds('rule:a and not rule:b', { a: true, b: false })).toBe(true);
    expect(holds('rule:b', { a: true, b: false })).toBe(false);
  });

  it.each([
    ['role:admin or', 14], ['and role:admin', 1], ['(role:admin', 12], ['role:admin)', 11], ['role:admin role:member', 12], ['admin', 1], ['role:admin or or role:x', 15],
    ['http://example.org/%(x)s', 1], ['not', 4], ['()', 2], [':x', 1],
  ])('%p is refused, and where: column %i', (text, column) => {
    expect(() => parseRule('modify_image', text)).toThrow(expect.objectContaining({ code: 'BadRule', rule: 'modify_image', column }));
  });

  it('is parsed or refused, whatever it is', () => {
    const words = fc.constantFrom('role:member', 'and', 'or', 'not', '(', ')', '@', '!', 'rule:a', "'x':%(owner)s", '%(', '%()s', ':', '"', "'", 'a.b.c:%(owner)s', '\u0000', '__proto__:x');
    fc.assert(fc.property(fc.array(words, { maxLength: 12 }).map((all) => all.join(' ')), (text) => {
      try {
        expect(typeof holds(text)).toBe('boolean');
      } catch (error) {
        expect(error).toBeInstanceOf(BadRule);
      }
    }));
  });
});
