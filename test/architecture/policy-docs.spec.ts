import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EffectivePolicy } from '#access';

const DOCUMENT = readFileSync(fileURLToPath(new URL('../../docs/policy.md', import.meta.url)), 'utf8');

describe('docs/policy.md', () => {
  it('lists every rule with its default and the one from before secure RBAC, and no other', () => {
    const [, table = ''] = DOCUMENT.split('## The rules');
    const listed = [...table.matchAll(/^\| `(\w+)` \| `(.*?)` \| (?:the same|or `(.*?)`) \|$/gm)].map(([, name = '', rule = '', before]) => [name, rule === '""' ? '' : rule, before]);
    const textsOf = (legacy: boolean) => EffectivePolicy.load({ legacy }).rules.all();
    const before = new Map(textsOf(true).map(({ name, text }) => [name, text]));
    expect(listed.map(([name, rule]) => [name, rule])).toEqual(textsOf(false).map(({ name, text }) => [name, text]));
    expect(listed.map(([name, rule = '', more]) => [name, more === undefined ? rule : `(${rule}) or ${more}`])).toEqual([...before]);
  });

  it('shows a file that can be read', () => {
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(DOCUMENT) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'afterimage-policy-'));
    writeFileSync(join(folder, 'policy.yaml'), yaml);
    const { rules } = EffectivePolicy.load({ legacy: false, places: { file: [join(folder, 'policy.yaml')], directories: [] } });
    rmSync(folder, { recursive: true });
    const downloads = (roles: string[], x_licensed: string) => rules.holds('download_image', { roles }, { x_licensed });
    expect([downloads(['member'], 'yes'), downloads(['member'], 'no'), downloads(['member', 'buyer'], 'yes'), downloads(['admin'], 'yes')]).toEqual([false, true, true, true]);
    expect(rules.holds('delete_image', { roles: ['admin'] }, {})).toBe(false);
  });
});
