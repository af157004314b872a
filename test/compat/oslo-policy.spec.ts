import { spawnSync } from 'node:child_process';
import { openPolicy, type Principal } from '#access';

/** Asks oslo.policy itself, as Debian ships it: each case is [rules, rule, credentials, target]. */
const ASK = `
import json, sys
from oslo_config import cfg
from oslo_policy import policy
def ask(rules, rule, creds, target):
    enforcer = policy.Enforcer(cfg.ConfigOpts(), policy_file='', default_rule='default', use_conf=False)
    enforcer.set_rules(policy.Rules.from_dict(rules, 'default'), overwrite=True, use_conf=False)
    return bool(enforcer.enforce(rule, target, creds))
print(json.dumps([ask(*case) for case in json.load(sys.stdin)]))
`;

const CHECKS = [
  'role:admin', 'role:MEMBER', 'project_id:%(owner)s', 'project_id:%(member_id)s', "'public':%(visibility)s", "'shared':%(visibility)s", 'None:%(owner)s',
  'is_admin:True', '@', '!', 'rule:other', 'rule:nowhere', 'user_id:u1', 'project_id:%(missing)s',
];
const SHAPES = ['A', 'not A', 'A or B', 'A and B', 'A or B and C', 'A and B or C', '(A or B) and C', 'not (A and B)', 'A and not B', '((A))'];
const CALLERS: readonly Principal[] = [
  { user: 'u1', project: 'p1', roles: ['member', 'Reader'], admin: false, service: null },
  { user: 'u2', project: 'p2', roles: ['ADMIN'], admin: true, service: null },
  { user: null, project: null, roles: [], admin: false, service: null },
];
const TARGETS = [{ owner: 'p1', visibility: 'public', member_id: null }, { owner: null, visibility: 'shared', member_id: 'p2' }];

const pick = <T>(items: readonly T[], n: number): T => items[n % items.length] as T;

const cases = Array.from({ length: 400 }, (_, n) => {
  const text = pick(SHAPES, n).replace('A', pick(CHECKS, n * 7)).replace('B', pick(CHECKS, n * 5 + 3)).replace('C', pick(CHECKS, n * 3 + 1));
  return { rules: { default: pick(['', '!', 'role:member'], n), other: pick(CHECKS.filter((check) => !check.startsWith('rule:')), n * 11), modify_image: text }, caller: pick(CALLERS, n), target: pick(TARGETS, n * 13) };
});

it('reads rules as oslo.policy does', () => {
  const input = cases.map(({ rules, caller, target }) => {
    const { user, project, roles, admin } = caller;
    return [rules, 'modify_image', { user, user_id: user, tenant: project, project_id: project, roles, is_admin: admin }, target];
  });
  const asked = spawnSync('/usr/bin/python3', ['-c', ASK], { input: JSON.stringify(input), encoding: 'utf8', timeout: 60_000 });
  expect(asked.stderr).toBe('');
  const theirs = JSON.parse(asked.stdout) as boolean[];
  const ours = cases.map(({ rules, caller, target }) => openPolicy({ legacy: false, overrides: rules }).allows('modify_image', caller, target));
  const different = cases.flatMap((one, n) => (ours[n] === theirs[n] ? [] : [{ ...one, ours: ours[n] }]));
  expect(different).toEqual([]);
  expect(new Set(theirs).size).toBe(2);
}, 90_000);
