import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../principal.js';
import { openPolicy } from './open-policy.js';
import { operatorRule } from './policy-rules.js';

const CALLER: Principal = { user: 'u', project: 'p', roles: ['boss', 'auditor'], admin: false, service: null };

const SLOW = 60_000;

describe('A policy with files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'afterimage-policy-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const at = (name: string) => join(folder, name);
  const write = (name: string, content: string) => writeFileSync(at(name), content);
  const open = (options: { file?: string[]; directories?: string[][] } = {}) => {
    const told: string[] = [];
    const places = { file: options.file ?? [at('policy.yaml')], directories: options.directories ?? [[at('policy.d')]] };
    const note = (text: string) => void told.push(text);
    const policy = openPolicy({ legacy: false, places }, { log: note, warn: note, error: note });
    const allows = (rule = 'publicize_image') => policy.allows(operatorRule(rule), CALLER, {});
    return { policy, told, allows };
  };
  type Opened = ReturnType<typeof open>;
  const becomes = async (allows: () => boolean, expected: boolean) => {
    for (const deadline = Date.now() + 20_000; allows() !== expected; await sleep(20)) if (Date.now() > deadline) throw new Error(`it never became ${expected}`);
  };
  const tells = (opened: Opened, text: string) => becomes(() => opened.allows() !== undefined && opened.told.some((one) => one.includes(text)), true);

  it('has the defaults without files, and the rules of a file that comes, changes, and goes', async () => {
    const { allows, told } = open();
    expect(allows()).toBe(false);
    write('policy.yaml', 'publicize_image: role:boss');
    await becomes(allows, true);
    write('policy.yaml', 'publicize_image: role:other');
    await becomes(allows, false);
    write('policy.yaml', '# all by default\nmodify_image: "!"\npublicize_image: "@"');
    await becomes(allows, true);
    unlinkSync(at('policy.yaml'));
    await becomes(allows, false);
    expect(told).toContain('policy: its files are gone: the defaults hold');
  }, SLOW);

  it('follows a file that another one replaces in one step, as editors and configuration maps do', async () => {
    mkdirSync(at('one'));
    mkdirSync(at('two'));
    write('one/policy.yaml', 'publicize_image: role:boss');
    write('two/policy.yaml', 'publicize_image: role:none');
    symlinkSync('one', at('..data'));
    symlinkSync('..data/policy.yaml', at('policy.yaml'));
    const { allows } = open();
    expect(allows()).toBe(true);
    symlinkSync('two', at('..new'));
    renameSync(at('..new'), at('..data'));
    await becomes(allows, false);
    write('next', 'publicize_image: "@"');
    renameSync(at('next'), at('policy.yaml'));
    await becomes(allows, true);
  }, SLOW);

  it('keeps its rules while a file cannot be used, and tells that once', async () => {
    write('policy.yaml', 'publicize_image: role:boss');
    const opened = open();
    write('policy.yaml', 'publicize_image: role:boss\nmodify_image: role:x or');
    await tells(opened, `${at('policy.yaml')}:2:24: rule modify_image: a check is missing; the rules stay as they were`);
    await sleep(500);
    expect(opened.allows()).toBe(true);
    expect(opened.told.filter((text) => text.includes('a check is missing'))).toHaveLength(1);
    write('policy.yaml', 'publicize_image: rule:publicize_image');
    await tells(opened, `${at('policy.yaml')}:1:18: rule publicize_image: it asks for itself`);
    write('policy.yaml', 'publicize_image: role:none');
    await becomes(opened.allows, false);
  }, SLOW);

  it('lets a folder win over the file, and later names over earlier ones; hidden files and folders in it do not count', async () => {
    mkdirSync(at('policy.d/folder'), { recursive: true });
    write('policy.yaml', 'publicize_image: role:none\ncopy_image: role:none\nmanage_image_cache: role:boss');
    write('policy.d/20.yaml', 'copy_image: role:boss');
    write('policy.d/10.json', '{"publicize_image": "role:boss", "copy_image": "!"}');
    write('policy.d/.99.yaml', 'copy_image: "!"');
    const { allows } = open();
    expect(['publicize_image', 'copy_image', 'manage_image_cache'].map(allows)).toEqual([true, true, true]);
    write('policy.d/30', 'copy_image: "!"');
    await becomes(() => allows('copy_image'), false);
    rmSync(at('policy.d'), { recursive: true });
    await becomes(() => allows('publicize_image'), false);
    expect(allows('manage_image_cache')).toBe(true);
  }, SLOW);

  it('takes the first of the places where a file may be', async () => {
    write('second.yaml', 'publicize_image: role:boss');
    const { allows } = open({ file: [at('first.yaml'), at('second.yaml')] });
    expect(allows()).toBe(true);
    write('first.yaml', 'publicize_image: role:none');
    await becomes(allows, false);
  }, SLOW);

  it('names rules that nothing asks for, but none that another rule or a property protection asks for', () => {
    write('policy.yaml', 'publicize_image: rule:bosses\nbosses: role:boss\nprotections: role:boss\nmodify_imgae: role:boss');
    const { policy, told } = open();
    policy.defines(operatorRule('protections'));
    policy.tellUnused();
    expect(told).toEqual([`policy: rules that nothing asks for; mind the spelling: modify_imgae (${at('policy.yaml')}:4)`]);
  });

  it.each<[string, (file: string) => void, string]>([
    ['a rule that is none', (file) => writeFileSync(file, 'a: x'), ':1:4: rule a:'],
    ['a folder instead', (file) => mkdirSync(file), ': it is not a file'],
    ['not UTF-8', (file) => writeFileSync(file, Buffer.from([0x61, 0x3a, 0x20, 0xff])), ': it is not UTF-8'],
    ['too large', (file) => writeFileSync(file, Buffer.alloc(5_000_000, '#')), ': it is larger than 4194304 bytes'],
    ['endless', (file) => symlinkSync('/dev/zero', file), ': it is larger than'],
  ])('does not open with %s', (_what, make, message) => {
    make(at('policy.yaml'));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'BadPolicyFile', message: expect.stringContaining(`${at('policy.yaml')}${message}`) }));
  });

  it('does not open with a folder of policies that is a file', () => {
    write('policy.d', '');
    expect(() => open()).toThrow(`policy file ${at('policy.d')}: the folder cannot be read`);
  });

  it('takes /dev/null for an empty file', () => expect(open({ file: ['/dev/null'] }).allows()).toBe(false));
});
