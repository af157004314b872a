import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EffectivePolicy } from '#access';
import { run } from '../support/run.js';

/** Asks oslo.policy itself, as Debian ships it: each case is [folder, default rule, [rule …], credentials, target]; the folder is a configuration folder. */
const ASK = `
import json, logging, sys
from oslo_config import cfg
from oslo_policy import opts, policy
logging.disable(logging.CRITICAL)
def ask(folder, default, rules, creds, target):
    conf = cfg.ConfigOpts()
    opts.set_defaults(conf, 'policy.yaml')
    conf(['--config-dir', folder], project='nothing')
    enforcer = policy.Enforcer(conf, default_rule=default)
    enforcer.register_default(policy.RuleDefault('default', ''))
    return [answer(enforcer, rule, target, creds) for rule in rules]
def answer(enforcer, rule, target, creds):
    try:
        return bool(enforcer.enforce(rule, target, dict(creds)))
    except (RecursionError, TypeError):
        return 'endless'
print(json.dumps([ask(*case) for case in json.load(sys.stdin)]))
`;

const CREDENTIALS = { user_id: 'u1', project_id: 'p1', roles: ['member', 'auditor'], service_roles: ['service'], domain_id: null, is_admin: false, token: { user: { name: 'Ann', groups: [{ id: 'g1' }, { id: 'g2' }] } } };
const TARGET = { owner: 'p1', member_id: null, visibility: 'public', tags: ['a', "b'c"], size: 5, protected: true, 'user.name': 'Ann', percent: '5%' };
const NAMES = ['one', 'two', 'three', 'default', 'nowhere'];

const check = fc.constantFrom(
  'role:member', 'ROLE:member', 'role:MEMBER', 'role:%(owner)s', 'role:admin', '@', '!', 'project_id:%(owner)s', 'project_id:%(missing)s', "'public':%(visibility)s", '"x":%(visibility)s',
  'None:%(member_id)s', 'domain_id:None', 'True:%(protected)s', '5:%(size)s', 'token.user.name:%(user.name)s', 'token.user.groups.id:g2', 'token.user.nothing:x', 'is_admin:False',
  'user_id:u1', 'service_roles:service', `tags:%(tags)s`, "'5%%':%(percent)s", 'unknown:%(owner)s', 'rule:three', 'rule:nowhere',
);
const rule: fc.Arbitrary<string> = fc.letrec<{ rule: string }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true }, check,
    fc.tuple(tie('rule'), fc.constantFrom(' or ', ' and ', ' OR ', '  And\n '), tie('rule')).map((parts) => parts.join('')),
    tie('rule').map((text) => `(${text})`), tie('rule').map((text) => `not (${text})`), check.map((text) => `not ${text}`),
  ),
})).rule;
const list = fc.array(fc.oneof(check, fc.array(check, { maxLength: 3 })), { maxLength: 3 });
const simple = check.filter((text) => !text.startsWith('rule:'));
const fileRules = fc.record({ one: fc.oneof(rule, list), two: fc.oneof(rule, list, fc.constantFrom('', null)), three: simple, default: simple }, { requiredKeys: ['three'] });
const asYaml = (rules: object) => Object.entries(rules).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join('# a comment\n');
const files = fc.record({
  file: fc.option(fc.tuple(fileRules, fc.boolean())),
  directory: fc.array(fc.tuple(fc.constantFrom('10.yaml', '20.json', 'plain', '.hidden'), fc.oneof(fileRules, fc.constant({}))), { maxLength: 2 }),
  defaultRule: fc.constantFrom('default', 'two', 'missing'),
});

/** undefined where rules ask for themselves: such files are refused. */
function answers(at: string, defaultRule: string): boolean[] | undefined {
  const places = { file: [join(at, 'policy.yaml'), join(at, 'policy.json')], directories: [[join(at, 'policy.d')]] };
  try {
    const policy = EffectivePolicy.load({ legacy: false, places, defaultRule });
    return NAMES.map((name) => policy.rules.holds(name, CREDENTIALS, TARGET));
  } catch (error) {
    expect(error).toMatchObject({ message: expect.stringContaining('asks for itself') as unknown });
    return undefined;
  }
}

describe('Policy files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-oslo-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('say what they say to oslo.policy', () => {
    const cases = fc.sample(files, { numRuns: 300, seed: 25 }).map((one, n) => {
      const at = join(folder, String(n));
      mkdirSync(join(at, 'policy.d'), { recursive: true });
      if (one.file) writeFileSync(join(at, one.file[1] ? 'policy.yaml' : 'policy.json'), one.file[1] ? asYaml(one.file[0]) : JSON.stringify(one.file[0], null, '\t'));
      for (const [name, rules] of one.directory) writeFileSync(join(at, 'policy.d', name), asYaml(rules));
      return { at, defaultRule: one.defaultRule };
    });
    const input = JSON.stringify(cases.map(({ at, defaultRule }) => [at, defaultRule, NAMES, CREDENTIALS, TARGET]));
    const asked = spawnSync('/usr/bin/python3', ['-W', 'ignore', '-c', ASK], { input, encoding: 'utf8', timeout: 100_000 });
    expect(asked.stderr).toBe('');
    const theirs = JSON.parse(asked.stdout) as (boolean | 'endless')[][];
    const ours = cases.map(({ at, defaultRule }) => answers(at, defaultRule));
    const different = cases.map((one, n) => ({ ...one, ours: ours[n], theirs: theirs[n] })).filter((one) => one.ours && JSON.stringify(one.ours) !== JSON.stringify(one.theirs));
    expect(different).toEqual([]);
    expect(theirs.filter((each, n) => each.includes('endless') && ours[n])).toEqual([]);
    expect(ours.filter((each) => each).length).toBeGreaterThan(200);
    expect(new Set(ours.flat())).toEqual(new Set([true, false, undefined]));
  }, 120_000);

  it('are checked on the command line as by oslopolicy-checker', async () => {
    const at = join(folder, 'checker');
    mkdirSync(at);
    const rules = { default: '!', admin: 'role:admin', mine: 'project_id:%(project_id)s', user: 'user.id:%(user_id)s and user.domain.id:default', nested: 'user_id:%(deep.er)s', both: 'rule:mine and not rule:admin', foreign: 'project_id:%(owner)s', list: [['rule:admin'], ['rule:mine', 'rule:user']] };
    writeFileSync(join(at, 'policy.yaml'), asYaml(rules));
    writeFileSync(join(at, 'glance-api.conf'), '[DEFAULT]\nbind_host = 127.0.0.1\n');
    const token = { roles: [{ name: 'member' }], user: { id: 'u1', domain: { id: 'default' } }, project: { id: 'p1' } };
    writeFileSync(join(at, 'token.json'), JSON.stringify({ token }));
    writeFileSync(join(at, 'target.json'), JSON.stringify({ owner: 'p1', project_id: 'p1', user_id: 'u1', deep: { er: 'u1' } }));
    const names = Object.keys(rules);
    for (const target of [[], ['target.json']]) {
      const theirs = names.map((name) => spawnSync('/usr/bin/oslopolicy-checker', ['--policy', 'policy.yaml', '--access', 'token.json', '--rule', name, ...target.flatMap((file) => ['--target', file])], { cwd: at, encoding: 'utf8' }).stdout);
      const args = ['dist/src/main.js', 'policy', 'check', '--config-file', join(at, 'glance-api.conf'), '--access', join(at, 'token.json'), ...names.flatMap((name) => ['--rule', name]), ...target.flatMap((file) => ['--target-file', join(at, file)])];
      expect((await run('node', args)).stdout).toBe(theirs.join('').replace(target.length === 0 ? 'failed: foreign' : '\0', 'passed: foreign'));
    }
  }, 120_000);
});
