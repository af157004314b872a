import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPolicy } from '../policy/open-policy.js';
import type { Principal } from '../principal.js';
import { openPropertyProtections } from './open-property-protections.js';
import { parsePropertyProtections } from './parse-property-protections.js';
import { BadPropertyProtections } from './property-protections.errors.js';
import { PROPERTY_OPERATIONS, UNPROTECTED, type PropertyProtections } from './property-protections.js';

const principal = (roles: string[], more: Partial<Principal> = {}): Principal => ({ user: 'u', project: 'p', roles, admin: roles.includes('admin'), service: null, ...more });
const ADMIN = principal(['admin', 'member', 'reader']);
const MEMBER = principal(['member', 'reader']);
const NOBODY = principal([]);

const policy = openPolicy({ legacy: false, overrides: { creators: 'role:creator', theirs: 'project_id:%(owner)s' } });
const warnings: string[] = [];
const parse = (text: string, format: 'roles' | 'policies' = 'roles'): PropertyProtections =>
  parsePropertyProtections(text, { file: '/etc/p.conf', format }, policy, (warning) => warnings.push(warning));

/** Letters of the operations that are allowed. */
const allowed = (protections: PropertyProtections, property: string, caller: Principal): string =>
  PROPERTY_OPERATIONS.filter((operation) => protections.allows(operation, property, caller)).map(([letter = '']) => letter).join('');

const section = (name: string, [create, read, update, remove]: readonly [string, string, string, string]): string =>
  `[${name}]\ncreate = ${create}\nread = ${read}\nupdate = ${update}\ndelete = ${remove}\n`;

describe('property protections', () => {
  beforeEach(() => void warnings.splice(0));

  it('let the first section that fits a name decide, and deny what none fits', () => {
    const protections = parse(section('^x_', ['member', 'member', 'admin', 'admin']) + section('x_', ['@', '@', '@', '@']) + section('^y$', ['!', '@', '', '@']));
    expect(allowed(protections, 'x_a', MEMBER)).toBe('cr');
    expect(allowed(protections, 'x_a', ADMIN)).toBe('crud');
    expect(allowed(protections, 'a_x_', NOBODY)).toBe('crud');
    expect(allowed(protections, 'y', ADMIN)).toBe('rd');
    expect(allowed(protections, 'z', ADMIN)).toBe('');
    expect(allowed(protections, 'X_a', ADMIN)).toBe('');
  });

  it('compare roles without case, and whole: an administrator is no admin', () => {
    const protections = parse(section('.*', ['Admin, MEMBER', ' admin ', 'administrator', 'admin,,']));
    expect(allowed(protections, 'a', principal(['ADMIN']))).toBe('crd');
    expect(allowed(protections, 'a', principal(['Member']))).toBe('c');
    expect(allowed(protections, 'a', principal(['administrator']))).toBe('u');
    expect(allowed(protections, 'a', principal(['']))).toBe('d');
  });

  it('make no exception for admins', () => {
    expect(allowed(parse(section('.*', ['member', '!', 'nobody', ''])), 'a', principal(['admin'], { admin: true }))).toBe('');
  });

  it('count the roles of a service that acts for the caller, by role and by policy', () => {
    const service = principal(['reader'], { service: 's', serviceRoles: ['service', 'creator'] });
    expect(allowed(parse(section('.*', ['service', 'reader', 'admin', 'member'])), 'a', service)).toBe('cr');
    expect(allowed(parse(section('.*', ['creators', 'service_api', 'context_is_admin', '!']), 'policies'), 'a', service)).toBe('cr');
    expect(allowed(parse(section('.*', ['creators', 'service_api', 'context_is_admin', '!']), 'policies'), 'a', { ...service, serviceRoles: [] })).toBe('');
  });

  it('ask the policy rule that a section names, of the caller alone', () => {
    const protections = parse(section('.*', ['creators', '@', 'context_is_admin', 'theirs']), 'policies');
    expect(allowed(protections, 'a', MEMBER)).toBe('r');
    expect(allowed(protections, 'a', principal(['creator']))).toBe('cr');
    expect(allowed(protections, 'a', ADMIN)).toBe('ru');
  });

  it('take a policy rule that is not defined for the rule default', () => {
    const denying = openPolicy({ legacy: false, overrides: { default: '!' } });
    const text = section('.*', ['nowhere', 'default', 'role:admin', '!']);
    expect(allowed(parse(text, 'policies'), 'a', NOBODY)).toBe('cru');
    expect(allowed(parsePropertyProtections(text, { file: 'f', format: 'policies' }, denying), 'a', ADMIN)).toBe('');
  });

  it('leave to everybody what the server keeps itself, whatever a section says, and nothing that only resembles it', () => {
    const protections = parse(section('os_glance_.*', ['!', '!', '!', '!']) + section('os_glance(', ['!', '!', '!', '!']) + section('.*', ['!', '!', '!', '!']));
    expect(allowed(protections, 'os_glance_import_task', NOBODY)).toBe('crud');
    expect(allowed(protections, 'secret_os_glance', ADMIN)).toBe('');
    expect(allowed(protections, 'OS_GLANCE_x', ADMIN)).toBe('');
  });

  it('have the values of [DEFAULT], options of values, continued lines and comments', () => {
    const protections = parse('[DEFAULT]\nwho = member\ndelete = %(who)s\n# read = @\n[a]\nCREATE: admin,\n  %(WHO)s\n\nread = %(create)s\n; no\nupdate = reader ; member\nunknown = 1\n');
    expect(allowed(protections, 'a', MEMBER)).toBe('crd');
    expect(allowed(protections, 'a', principal(['reader ; member']))).toBe('u');
  });

  it('deny everything where the file has no section', () => {
    expect(allowed(parse('# nothing\n'), 'a', ADMIN)).toBe('');
  });

  it('tell of operations that nobody may do because nothing is said', () => {
    parse(section('^a$', ['', '@', '!', '@']));
    expect(warnings).toEqual(["property protections: /etc/p.conf:1: section [^a$]: 'create': it is empty: nobody may do it"]);
  });

  it('tell of policy rules that are not defined', () => {
    parse(section('^a$', ['creators', 'nowhere', '!', 'add_image']), 'policies');
    expect(warnings).toEqual(["property protections: /etc/p.conf:1: section [^a$]: 'read': there is no policy rule 'nowhere': the rule 'default' stands for it"]);
  });

  it.each([
    ['[a]\ncreate = @\nread = @\ndelete = @\n', 'roles', "/etc/p.conf:1: section [a]: 'update' is missing"],
    [section('a', ['@', '@,!', '@', '@']), 'roles', "/etc/p.conf:1: section [a]: 'read': '@' (everybody) and '!' (nobody) exclude each other"],
    [`\n${section('^(a', ['@', '@', '@', '@'])}`, 'roles', '/etc/p.conf:2: section [^(a]: its name is not a regular expression that can be used: column 2: the parenthesis is not closed'],
    [section(String.raw`(a)\1`, ['@', '@', '@', '@']), 'roles', 'references to groups are not served'],
    [section('a', ['one,two', '@', '@', '@']), 'policies', "section [a]: 'create': 'one,two': one policy rule is allowed"],
    [section('a', ['one two', '@', '@', '@']), 'policies', "'one two' is not the name of a policy rule"],
    [section('a', ['@', '@', '@', '@']).repeat(2), 'roles', '/etc/p.conf:6: section [a]: it stands in line 1 already'],
    ['[a]\ncreate = @\nCreate = @\n', 'roles', "/etc/p.conf:3: section [a]: 'create' is said twice"],
    ['create = @\n', 'roles', '/etc/p.conf:1: an option stands before the first section'],
    ['[a]\ncreate\n', 'roles', '/etc/p.conf:2: section [a]: this is neither a section, a comment nor "operation = who"'],
    [section('a', ['100%', '@', '@', '@']), 'roles', "section [a]: 'create': '%' must be followed by '%' or '(name)s'"],
    [section('a', ['%(no)s', '@', '@', '@']), 'roles', "'%(no)s' names an option that is not there"],
    [section('a', ['%(create)s', '@', '@', '@']), 'roles', 'values name each other more than 10 deep'],
  ] as const)('refuse %j as %s: %s', (text, format, message) => {
    expect(() => parse(text, format)).toThrow(BadPropertyProtections);
    expect(() => parse(text, format)).toThrow(message);
  });

  it('answer for any name whatever, always the same, and never longer ones than there are', () => {
    const protections = parse(section('(?i)^(a|aa)+$', ['admin', 'member', 'admin', 'admin']) + section(String.raw`^[\w ]*$`, ['@', '!', '@', '@']));
    const name = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('a', 'A', ' ').chain((char) => fc.nat(300).map((times) => char.repeat(times))), fc.constantFrom('__proto__', 'constructor', 'toString', '\0', '\ud800'));
    fc.assert(fc.property(name, (property) => {
      const found = allowed(protections, property, MEMBER);
      expect(allowed(protections, property, MEMBER)).toBe(found);
      const long = Array.from(property).length > 255;
      const expected = /^a+$/i.test(property) ? 'r' : /^[\p{L}\p{N}_ ]*\n?$/u.test(property) ? 'cud' : '';
      expect(found).toBe(property.startsWith('os_glance') ? 'crud' : long ? '' : expected);
    }), { numRuns: 2_000 });
  });
});

describe('the property protection file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'protections-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read, as UTF-8', () => {
    const file = join(folder, 'p.conf');
    writeFileSync(file, section('^größe$', ['@', '@', '@', '@']));
    expect(allowed(openPropertyProtections({ file, format: 'roles' }, policy), 'größe', NOBODY)).toBe('crud');
  });

  it.each(['missing.conf', '.'])('stops the start where it cannot be read: %s', (name) => {
    expect(() => openPropertyProtections({ file: join(folder, name), format: 'roles' }, policy)).toThrow(`${join(folder, name)}: it cannot be read: `);
  });

  it('holds anew when it is changed, and as before while it cannot be used', () => {
    const file = join(folder, 'changing.conf');
    const told: string[] = [];
    writeFileSync(file, section('a', ['@', '!', '!', '!']));
    const protections = openPropertyProtections({ file, format: 'roles' }, policy, (text) => told.push(text), 0);
    expect(allowed(protections, 'a', NOBODY)).toBe('c');
    writeFileSync(file, section('a', ['!', '@', '!', '!']));
    expect(allowed(protections, 'a', NOBODY)).toBe('r');
    writeFileSync(file, section('a(', ['@', '@', '@', '@']));
    expect(allowed(protections, 'a', NOBODY)).toBe('r');
    rmSync(file);
    expect(allowed(protections, 'a', NOBODY)).toBe('r');
    writeFileSync(file, section('a', ['@', '@', '@', '@']));
    expect(allowed(protections, 'a', NOBODY)).toBe('crud');
    expect(told).toEqual([
      expect.stringContaining('it holds from now on'), expect.stringContaining('what it said before holds on'), expect.stringContaining('what it said before holds on'), expect.stringContaining('it holds from now on'),
    ]);
  });

  it('protects nothing where none is configured', () => {
    expect(openPropertyProtections({ format: 'roles' }, policy)).toBe(UNPROTECTED);
    expect(allowed(UNPROTECTED, 'anything', NOBODY)).toBe('crud');
  });
});
