import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/run.js';

describe('A property protection file that cannot be used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-protections-'));
  const [conf, file] = [join(folder, 'glance-api.conf'), join(folder, 'p.conf')];
  afterAll(() => rmSync(folder, { recursive: true }));

  const serveWith = (content: string | undefined, options: string) => {
    if (content !== undefined) writeFileSync(file, content);
    writeFileSync(conf, `[DEFAULT]\n${options}\n`);
    return run('node', ['dist/src/main.js', 'serve', '--memory', '--state-dir', folder, '--config-file', conf]);
  };

  it.each([
    ['an operation is missing', '[^x_]\ncreate = @\nread = @\nupdate = @\n', 'roles', ':1: section [^x_]: \'delete\' is missing'],
    ['a section is no regular expression', '\n[^x_(]\ncreate = @\nread = @\nupdate = @\ndelete = @\n', 'roles', ':2: section [^x_(]: its name is not a regular expression that can be used: column 4: the parenthesis is not closed'],
    ['everybody and nobody may', '[x]\ncreate = @,!\nread = @\nupdate = @\ndelete = @\n', 'roles', ":1: section [x]: 'create': '@' (everybody) and '!' (nobody) exclude each other"],
    ['two policy rules are named', '[x]\ncreate = default,context_is_admin\nread = @\nupdate = @\ndelete = @\n', 'policies', ":1: section [x]: 'create': 'default,context_is_admin': one policy rule is allowed"],
  ])('stops the start with 1 and says where and why: %s', async (_what, content, format, said) => {
    const { code, stdout, stderr } = await serveWith(content, `property_protection_file = p.conf\nproperty_protection_rule_format = ${format}`);
    expect({ code, stdout, stderr: stderr.trim() }).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(`ERROR: property protections: ${file}${said}`) });
  }, 30_000);

  it('stops the start when it is not there, is a folder, or has a format that there is not', async () => {
    expect(await serveWith(undefined, 'property_protection_file = nowhere.conf')).toMatchObject({ code: 1, stderr: expect.stringContaining('[DEFAULT] property_protection_file = nowhere.conf: the file is not there') });
    expect(await serveWith(undefined, `property_protection_file = ${folder}`)).toMatchObject({ code: 1, stderr: expect.stringContaining(`${folder}: it cannot be read`) });
    expect(await serveWith('', 'property_protection_file = p.conf\nproperty_protection_rule_format = users')).toMatchObject({ code: 1, stderr: expect.stringContaining('property_protection_rule_format = users: allowed: roles, policies') });
  }, 60_000);
});
