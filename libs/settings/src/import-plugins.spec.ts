import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings.js';

const dir = mkdtempSync(join(tmpdir(), 'afterimage-plugins-'));
let made = 0;

function pluginsOf(text: string) {
  const file = join(dir, `${made++}.conf`);
  writeFileSync(file, text);
  return loadSettings({ commandLine: { configFiles: [file] }, env: {} }).settings.importPlugins;
}

describe('the plugins of imports', () => {
  it('run in the order that is asked for, and others stop the start', () => {
    expect(pluginsOf('').names).toEqual([]);
    expect(pluginsOf("[image_import_opts]\nimage_import_plugins = ['inject_image_metadata','image_decompression']").names).toEqual(['inject_image_metadata', 'image_decompression']);
    expect(() => pluginsOf('[image_import_opts]\nimage_import_plugins = [own_plugin]')).toThrow(/image_import_plugins.*image_conversion/);
  });

  it('unpack to so many times the size', () => {
    expect(pluginsOf('').decompression).toEqual({ maxRatio: 500, ratioFrom: 1024 ** 3 });
    expect(pluginsOf('[image_decompression]\nmax_ratio = 20').decompression.maxRatio).toBe(20);
    expect(() => pluginsOf('[image_decompression]\nmax_ratio = 0')).toThrow(/max_ratio/);
  });

  it('convert to one of three formats, within limits', () => {
    expect(pluginsOf('').conversion).toEqual({ format: 'raw', cpuSeconds: 7200, seconds: 7200, memory: 2 * 1024 ** 3 });
    expect(pluginsOf('[image_conversion]\noutput_format = qcow2\ntimeout = 60\ncpu_limit = 30\nmemory_limit = 512MB').conversion).toEqual({ format: 'qcow2', cpuSeconds: 30, seconds: 60, memory: 512 * 1024 ** 2 });
    expect(() => pluginsOf('[image_conversion]\noutput_format = iso')).toThrow(/output_format/);
  });

  it('inject what the operator says, except for some roles', () => {
    expect(pluginsOf('').inject).toEqual({ properties: {}, ignoreRoles: ['admin'] });
    expect(pluginsOf('[inject_metadata_properties]\ninject = a:1, b:x\nignore_user_roles = admin,ops').inject).toEqual({ properties: { a: '1', b: 'x' }, ignoreRoles: ['admin', 'ops'] });
  });
});
