import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PolicyFile } from '../support/policy-files.js';
import { run } from '../support/run.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

const SLOW = 60_000;

describe('afterimage policy', () => {
  let file: PolicyFile;
  beforeAll(() => {
    file = new PolicyFile('# ours\nget_image: role:reader or role:auditor\nbosses: role:boss\npublicize_image: rule:bosses\nmodify_image: [["role:x"], ["role:y", "role:z"]]\n');
    writeFileSync(join(file.folder, 'glance-api.conf'), `[DEFAULT]\nbind_host = 127.0.0.1\nadmin_role = root\n${file.conf}`);
  });
  afterAll(() => file.remove());

  const policy = (command: string, ...args: string[]) => run('node', [MAIN, 'policy', command, '--config-file', join(file.folder, 'glance-api.conf'), ...args]);

  it.each<[string, string[], number, string]>([
    ['a role', ['--rule', 'get_image', '--roles', 'auditor'], 0, 'passed: get_image\n'],
    ['roles without case', ['--rule', 'publicize_image', '--roles', 'BOSS,x'], 0, 'passed: publicize_image\n'],
    ['several rules, of which one fails', ['--rule', 'get_image', '--rule', 'publicize_image', '--roles', 'auditor'], 1, 'passed: get_image\nfailed: publicize_image\n'],
    ['a target', ['--rule', 'delete_image', '--roles', 'member', '--project', 'p1', '--target', '{"owner": "p1"}'], 0, 'passed: delete_image\n'],
    ['a target of others', ['--rule', 'delete_image', '--roles', 'member', '--project', 'p1', '--target', '{"owner": "p2"}'], 1, 'failed: delete_image\n'],
    ['no target: its own', ['--rule', 'add_image', '--roles', 'member', '--project', 'p1'], 0, 'passed: add_image\n'],
    ['the role of admins', ['--rule', 'copy_image', '--roles', 'Root'], 0, 'passed: copy_image\n'],
    ['another role', ['--rule', 'copy_image', '--roles', 'admin'], 1, 'failed: copy_image\n'],
    ['a token for the system', ['--rule', 'copy_image', '--roles', 'root', '--system'], 1, 'failed: copy_image\n'],
    ['a rule of their own', ['--rule', 'bosses', '--roles', 'boss', '--json'], 0, '{\n  "bosses": "passed"\n}\n'],
  ])('check answers for %s', async (_what, args, code, stdout) => expect(await policy('check', ...args)).toMatchObject({ code, stdout }), SLOW);

  it('check takes a token as Keystone answers it, and a target from a file', async () => {
    const token = { roles: [{ id: 'r', name: 'Member' }], user: { id: 'u1', name: 'ann', domain: { id: 'default' } }, project: { id: 'p1', name: 'demo', domain: { id: 'd2' } } };
    writeFileSync(join(file.folder, 'token.json'), JSON.stringify({ token }));
    writeFileSync(join(file.folder, 'target.json'), JSON.stringify({ owner: 'p1', 'nested': { 'name': 'ann' } }));
    writeFileSync(join(file.folder, 'more.yaml'), "named: user.name:%(nested.name)s and user.domain.id:default and project_domain_id:d2\n");
    const named = ['--rule', 'named', '--rule', 'delete_image', '--access', join(file.folder, 'token.json'), '--target-file', join(file.folder, 'target.json')];
    const more = join(file.folder, 'more.conf');
    writeFileSync(more, `[oslo_policy]\npolicy_file = ${join(file.folder, 'more.yaml')}\n`);
    expect(await policy('check', ...named, '--config-file', more)).toMatchObject({ code: 0, stdout: 'passed: named\npassed: delete_image\n' });
  }, SLOW);

  it.each<[string, string[], string]>([
    ['no rule', [], "required option '--rule <name>'"],
    ['a target that is not JSON', ['--rule', 'x', '--target', '{'], 'it is not JSON'],
    ['a target that is no object', ['--rule', 'x', '--target', '[]'], 'it must be a JSON object'],
    ['two targets', ['--rule', 'x', '--target', '{}', '--target-file', MAIN.replace(/dist.*$/, 'package.json')], 'cannot be used with'],
    ['a file that is missing', ['--rule', 'x', '--access', '/nowhere'], 'ENOENT'],
    ['a file without a token', ['--rule', 'x', '--access', MAIN.replace(/dist.*$/, 'package.json')], 'it holds no "token"'],
    ['a system token of a project', ['--rule', 'x', '--system', '--project', 'p'], 'cannot be used with'],
    ['an unknown option', ['--rule', 'x', '--nonsense'], 'unknown option'],
  ])('check is used wrongly with %s: 2', async (_what, args, stderr) => expect(await policy('check', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(stderr) }), SLOW);

  it('show prints a policy file, with where each rule comes from', async () => {
    const { code, stdout } = await policy('show');
    expect(code).toBe(0);
    expect(stdout).toContain(`# ${file.path}:2\n"get_image": "role:reader or role:auditor"\n`);
    expect(stdout).toContain('# default\n"default": ""\n');
    expect(stdout).toContain('# an option of the configuration\n"context_is_admin": "role:root"\n');
    expect(stdout).toContain(`# ${file.path}:5\n"modify_image": "role:x or (role:y and role:z)"\n`);
    mkdirSync(join(file.folder, 'policy.d'));
    writeFileSync(join(file.folder, 'policy.d', 'shown.yaml'), stdout);
    const again = await policy('show', '--json');
    const rules = (text: string) => Object.fromEntries([...text.matchAll(/^(".*?"): (".*")$/gm)].map(([, name = '', rule = '']) => [JSON.parse(name), JSON.parse(rule)]));
    const read = JSON.parse(again.stdout) as Record<string, { rule: string; source: string }>;
    expect(Object.fromEntries(Object.entries(read).map(([name, { rule }]) => [name, rule]))).toEqual(rules(stdout));
    expect(read['default']?.source).toContain('policy.d/shown.yaml:');
  }, SLOW);

  it('show prints the rules that are asked for, and the defaults', async () => {
    expect(await policy('show', '--rule', 'bosses', '--json')).toMatchObject({ code: 0, stdout: expect.stringContaining('"rule": "role:boss"') });
    expect((await policy('show', '--defaults', '--rule', 'publicize_image')).stdout).toBe('# default\n"publicize_image": "rule:context_is_admin"\n');
    expect(await policy('show', '--rule', 'nowhere')).toMatchObject({ code: 1, stderr: expect.stringContaining('ERROR: there is no policy rule nowhere') });
  }, SLOW);

  it('ends with 1 and the place where the file is broken', async () => {
    const broken = new PolicyFile('{"a": "role:x",\n  "b": "role:y and"}');
    const conf = join(broken.folder, 'broken.conf');
    writeFileSync(conf, broken.conf);
    for (const args of [['show'], ['check', '--rule', 'a']] as const) {
      expect(await policy(args[0], ...args.slice(1), '--config-file', conf)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`ERROR: policy file ${broken.path}:2:19: rule b: a check is missing`) });
    }
    broken.remove();
  }, SLOW);

  it('check and show have help with examples', async () => {
    for (const command of ['check', 'show']) expect(await policy(command, '--help')).toMatchObject({ code: 0, stdout: expect.stringContaining(`afterimage policy ${command} --config-file glance-api.conf`) });
  }, SLOW);
});
