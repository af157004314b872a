import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings.js';
import { settingsAsIni } from './show-settings.js';

describe('the property protection file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-protections-'));
  const at = (...path: string[]) => join(folder, ...path);
  const conf = (options: string) => `[DEFAULT]\nstate_dir = ${folder}\n${options}\n`;
  for (const name of ['dir.d', 'first', 'last', 'home', 'home/.glance']) mkdirSync(at(name));
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (name: string) => {
    writeFileSync(at('first', 'a.conf'), conf(`property_protection_file = ${name}`));
    writeFileSync(at('last', 'b.conf'), conf('property_protection_rule_format = policies'));
    return loadSettings({ commandLine: { configFiles: [at('first', 'a.conf'), at('last', 'b.conf')], configDirs: [at('dir.d')] }, env: { HOME: at('home') } });
  };

  it('is found where oslo.config looks: configuration folders, beside the files from the last to the first, at home', () => {
    const places = [at('dir.d', 'p.conf.txt'), at('last', 'p.conf.txt'), at('first', 'p.conf.txt'), at('home', '.glance', 'p.conf.txt'), at('home', 'p.conf.txt')];
    for (const place of places) writeFileSync(place, '');
    for (const place of places) {
      expect(load('p.conf.txt').settings.propertyProtections).toEqual({ file: place, format: 'policies' });
      rmSync(place);
    }
    expect(() => load('p.conf.txt')).toThrow('[DEFAULT] property_protection_file = p.conf.txt: the file is not there');
  });

  it('may be named by its whole path, or not at all', () => {
    writeFileSync(at('whole'), '');
    expect(load(at('whole')).settings.propertyProtections).toEqual({ file: at('whole'), format: 'policies' });
    expect(load('').settings.propertyProtections).toEqual({ format: 'policies' });
    expect(loadSettings({ env: { HOME: folder } }).settings.propertyProtections).toEqual({ format: 'roles' });
  });

  it('is shown with its format, and warned of no more', () => {
    writeFileSync(at('whole'), '');
    const { resolved, warnings } = load(at('whole'));
    expect(settingsAsIni(resolved)).toContain(`property_protection_file = ${at('whole')}\n`);
    expect(settingsAsIni(resolved)).toContain('property_protection_rule_format = policies\n');
    expect(warnings.filter((text) => text.includes('property_protection'))).toEqual([]);
  });
});
