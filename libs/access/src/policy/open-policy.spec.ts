import { NOBODY_IN_PARTICULAR, type Principal } from '../principal.js';
import { openPolicy, withAdmin } from './open-policy.js';
import { operatorRule, POLICY_RULES, type PolicyRule } from './policy-rules.js';

const principal = (project: string | null, ...roles: string[]): Principal => ({ user: 'u', project, roles, admin: false, service: null });
const CALLERS = {
  admin: principal('p9', 'admin', 'member', 'reader'),
  owner: principal('p1', 'member', 'reader'),
  ownerReader: principal('p1', 'reader'),
  member: principal('p2', 'member', 'reader'),
  memberReader: principal('p2', 'reader'),
  other: principal('p3', 'member', 'reader'),
  service: principal('p8', 'service'),
  roleless: principal('p1'),
  nobody: principal(null),
} as const;
type Caller = keyof typeof CALLERS;
const NAMES = Object.keys(CALLERS) as Caller[];

const target = (caller: Caller, visibility: string) => ({
  owner: 'p1', project_id: 'p1', visibility, member_id: visibility === 'shared' && CALLERS[caller].project === 'p2' ? 'p2' : null,
});
const passes = (legacy: boolean, rule: PolicyRule, visibility = 'shared') => {
  const policy = openPolicy({ legacy });
  return NAMES.filter((caller) => policy.allows(rule, CALLERS[caller], target(caller, visibility)));
};

const ADMIN: Caller[] = ['admin'];
const OWNER: Caller[] = ['admin', 'owner'];
const READER: Caller[] = ['admin', 'owner', 'ownerReader'];

describe('Under secure RBAC', () => {
  it.each<[PolicyRule, string, Caller[]]>([
    ['add_image', 'shared', OWNER], ['modify_image', 'shared', OWNER], ['delete_image', 'shared', OWNER], ['upload_image', 'shared', OWNER],
    ['deactivate', 'shared', OWNER], ['reactivate', 'shared', OWNER], ['communitize_image', 'shared', OWNER], ['publicize_image', 'shared', ADMIN],
    ['get_image', 'private', READER], ['get_image', 'public', ['admin', 'owner', 'ownerReader', 'member', 'memberReader', 'other']],
    ['get_image', 'community', ['admin', 'owner', 'ownerReader', 'member', 'memberReader', 'other']],
    ['download_image', 'public', ['admin', 'owner', 'member', 'other']], ['download_image', 'private', OWNER],
    ['get_images', 'shared', READER],
    ['get_image_location', 'shared', READER], ['set_image_location', 'shared', OWNER], ['delete_image_location', 'shared', ADMIN],
    ['add_image_location', 'shared', ['admin', 'owner', 'service']], ['fetch_image_location', 'shared', ['admin', 'service']],
    ['add_member', 'shared', OWNER], ['delete_member', 'shared', OWNER], ['modify_member', 'shared', ['admin', 'member']],
    ['get_member', 'shared', ['admin', 'owner', 'ownerReader', 'member', 'memberReader']], ['get_members', 'shared', ['admin', 'owner', 'ownerReader', 'member', 'memberReader']],
    ['copy_image', 'shared', ADMIN], ['stores_info_detail', 'shared', ['admin', 'service']], ['tasks_api_access', 'shared', ADMIN],
    ['metadef_admin', 'shared', ADMIN], ['add_metadef_namespace', 'private', ADMIN],
    ['get_metadef_namespace', 'private', READER], ['get_metadef_namespace', 'public', ['admin', 'owner', 'ownerReader', 'member', 'memberReader', 'other']],
    ['manage_image_cache', 'shared', ADMIN], ['service_api', 'shared', ['admin', 'service']],
  ])('%s on something %s is for %p', (rule, visibility, expected) => expect(passes(false, rule, visibility)).toEqual(expected));
});

describe('Before secure RBAC', () => {
  it.each<[PolicyRule, Caller[]]>([
    ['modify_image', NAMES], ['get_image', NAMES], ['delete_image_location', NAMES], ['add_member', NAMES], ['get_metadef_namespace', NAMES],
    ['publicize_image', ADMIN], ['copy_image', ADMIN], ['manage_image_cache', ADMIN], ['add_metadef_namespace', ADMIN], ['fetch_image_location', ['admin', 'service']],
  ])('%s is for %p', (rule, expected) => expect(passes(true, rule)).toEqual(expected));
});

describe('A policy', () => {
  it('has an answer for every rule and every caller', () => {
    for (const legacy of [true, false]) for (const rule of POLICY_RULES) expect(passes(legacy, rule)).toContain('admin');
  });

  it('seed 8: knows an admin by the role, without case, and by no other name', () => {
    const policy = openPolicy({ legacy: false });
    const isAdmin = (role: string) => withAdmin(policy, principal('p1', role)).admin;
    expect(['admin', 'ADMIN', 'Admin', 'administrator', 'adminx', 'xadmin', ''].map(isAdmin)).toEqual([true, true, true, false, false, false, false]);
    expect(withAdmin(openPolicy({ legacy: false, overrides: { context_is_admin: 'role:BOSS' } }), principal('p1', 'boss')).admin).toBe(true);
  });

  it('lets the operator say otherwise, rule by rule', () => {
    const policy = openPolicy({ legacy: false, overrides: { modify_image: 'role:member', default: '!', mine: 'rule:modify_image' } });
    expect(policy.allows('modify_image', CALLERS.other, target('other', 'public'))).toBe(true);
    expect(policy.allows('delete_image', CALLERS.other, target('other', 'public'))).toBe(false);
    expect(openPolicy({ legacy: false, overrides: { modify_image: 'rule:nowhere' } }).allows('modify_image', CALLERS.nobody, {})).toBe(true);
  });

  it('refuses rules that ask for themselves', () => {
    const open = (overrides: Record<string, string>) => () => openPolicy({ legacy: false, overrides });
    expect(open({ default: 'rule:default' })).toThrow('asks for itself');
    expect(open({ context_is_admin: 'rule:modify_image' })).toThrow('context_is_admin → modify_image → context_is_admin');
    expect(open({ modify_image: 'role:' })).not.toThrow();
    expect(open({ modify_image: 'role' })).toThrow(expect.objectContaining({ code: 'BadRule', rule: 'modify_image' }));
  });

  it.each<[string, Record<string, string>, string]>([
    ['three in a circle', { a: 'rule:b', b: 'not (rule:c)', c: 'role:x or rule:a' }, 'policy rule c, column 11: it asks for itself: a → b → c → a'],
    ['one that is not defined, by the default', { default: 'rule:nowhere' }, 'policy rule default, column 1: it asks for itself: default → default'],
    ['a thousand in a row', Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`r${n}`, `rule:r${n + 1}`])), 'ask each other in a row'],
    ['deep ones in a row', Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`r${n}`, `${'('.repeat(90)}rule:r${n + 1}${')'.repeat(90)}`])), 'nested more than 300 deep'],
  ])('refuses %s', (_what, overrides, message) => expect(() => openPolicy({ legacy: false, overrides })).toThrow(message));

  it('asks each rule once, however often others ask for it', () => {
    const overrides = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`r${n}`, `rule:r${n + 1} and rule:r${n + 1}`]));
    expect(openPolicy({ legacy: false, overrides: { ...overrides, r40: '@' } }).allows(operatorRule('r0'), CALLERS.nobody, {})).toBe(true);
  });

  it('takes the rule that is named for those that are not defined, and nobody passes where that is not defined either', () => {
    const allows = (defaultRule: string) => openPolicy({ legacy: false, defaultRule, overrides: { mine: 'role:service' } }).allows(operatorRule('nowhere'), CALLERS.service, {});
    expect(['default', 'mine', 'context_is_admin', 'missing', ''].map(allows)).toEqual([true, true, false, false, false]);
  });

  it('does not add the rules from before secure RBAC to those that the operator gives', () => {
    const allows = (overrides: Record<string, string>) => openPolicy({ legacy: true, overrides }).allows('modify_image', CALLERS.other, target('other', 'public'));
    expect([allows({}), allows({ modify_image: 'role:boss' }), allows({ default: '!' }), allows({ default: 'role:member' })]).toEqual([true, false, false, true]);
  });

  describe('asked about a token for the whole system', () => {
    const caller: Principal = { ...CALLERS.admin, project: null, admin: true, systemScope: 'all' };
    const open = (enforceScope: boolean) => {
      const told: string[] = [];
      const note = (text: string) => void told.push(text);
      return { told, policy: openPolicy({ legacy: false, enforceScope, overrides: { mine: 'system_scope:all' } }, { log: note, warn: note, error: note }) };
    };

    it('refuses what is for projects, even to admins', () => {
      const { policy } = open(true);
      expect(POLICY_RULES.filter((rule) => policy.allows(rule, caller, {}))).toEqual(['default', 'context_is_admin', 'service_api', 'metadef_default', 'metadef_admin']);
      expect(policy.allows(operatorRule('mine'), caller, {})).toBe(true);
      expect(withAdmin(policy, { ...caller, admin: false }).admin).toBe(true);
    });

    it('answers as to others where scopes are not enforced, and tells once', () => {
      const { policy, told } = open(false);
      expect([policy.allows('copy_image', caller, {}), policy.allows('copy_image', caller, {})]).toEqual([true, true]);
      expect(told).toEqual([expect.stringContaining('the rule copy_image is for projects')]);
    });
  });

  it('lets everybody do everything where nobody authenticates', () => {
    const policy = openPolicy({ legacy: false });
    expect(POLICY_RULES.filter((rule) => !policy.allows(rule, NOBODY_IN_PARTICULAR, {}))).toEqual([]);
  });
});
