import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings.js';

describe('schema-image.json', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'afterimage-schema-'));
    mkdirSync(join(folder, 'more'));
    writeFileSync(join(folder, 'glance-api.conf'), '[DEFAULT]\nbind_host = 127.0.0.1\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: unknown) => writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  const load = (dirs: string[] = []) => loadSettings({ commandLine: { configFiles: [join(folder, 'glance-api.conf')], configDirs: dirs }, env: {} }).settings.imageSchema;

  it('is looked for beside the first configuration file, then in the configuration folders', () => {
    expect(load()).toBeUndefined();
    write('more/schema-image.json', { rack: { type: 'string' } });
    expect(load([join(folder, 'more')])).toEqual({ properties: { rack: { type: 'string' } }, required: [] });
    write('schema-image.json', {});
    expect(load([join(folder, 'more')])).toEqual({ properties: {}, required: [] });
  });

  it('may name the properties that every image must have', () => {
    write('schema-image.json', { properties: { rack: { type: 'string' } }, required: ['rack'] });
    expect(load()).toEqual({ properties: { rack: { type: 'string' } }, required: ['rack'] });
  });

  it.each([['not JSON', '{'], ['a list', '[]'], ['a schema that is none', { rack: 'string' }], ['names that are none', { properties: {}, required: [1] }]])(
    'stops the start where it is %s, and says which file',
    (_what, content) => {
      write('schema-image.json', content);
      expect(() => load()).toThrow(join(folder, 'schema-image.json'));
    },
  );
});
