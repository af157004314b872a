import { mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings.js';
import { nodeName } from './node-name.js';

const dir = mkdtempSync(join(tmpdir(), 'afterimage-imports-'));
let made = 0;

function settingsOf(text: string) {
  const file = join(dir, `${made++}.conf`);
  writeFileSync(file, text);
  return loadSettings({ commandLine: { configFiles: [file] }, env: {} }).settings;
}

const BACKENDS = '[DEFAULT]\nenabled_backends = fast:file,shared:file,web:http\n[glance_store]\ndefault_backend = fast\n[fast]\nfilesystem_store_datadir = /fast\n[shared]\nfilesystem_store_datadir = /shared\n';

describe('the settings of imports', () => {
  it('allow three methods unless told otherwise, in any spelling of a list, and none at all', () => {
    expect(settingsOf('').imports.methods).toEqual(['glance-direct', 'web-download', 'copy-image']);
    expect(settingsOf('[DEFAULT]\nenabled_import_methods = [glance-download,glance-direct]').imports.methods).toEqual(['glance-direct', 'glance-download']);
    expect(settingsOf("[DEFAULT]\nenabled_import_methods = ['web-download']").imports.methods).toEqual(['web-download']);
    expect(settingsOf('[DEFAULT]\nenabled_import_methods = []').imports.methods).toEqual([]);
    expect(() => settingsOf('[DEFAULT]\nenabled_import_methods = [ftp]')).toThrow(/enabled_import_methods.*glance-direct/);
  });

  it('tell other nodes of this one by worker_self_reference_url, else by public_endpoint', () => {
    expect(settingsOf('').imports.selfUrl).toBeUndefined();
    expect(settingsOf('[DEFAULT]\npublic_endpoint = http://all:9292/').imports.selfUrl).toBe('http://all:9292');
    expect(settingsOf('[DEFAULT]\npublic_endpoint = http://all:9292\nworker_self_reference_url = http://one:9292').imports.selfUrl).toBe('http://one:9292');
  });

  it('write to as many stores at a time as max_parallel_stores says', () => {
    expect(settingsOf('').imports.maxParallelStores).toBe(1);
    expect(settingsOf('[image_import_opts]\nmax_parallel_stores = 4').imports.maxParallelStores).toBe(4);
    expect(() => settingsOf('[image_import_opts]\nmax_parallel_stores = 0')).toThrow(/max_parallel_stores/);
  });

  it('stage in a folder of the node, or in a store that is named', () => {
    const { staging } = settingsOf('[DEFAULT]\nnode_staging_uri = file:///var/stage');
    expect(staging).toMatchObject({ dir: '/var/stage', node: nodeName('/var/stage'), parentMustExist: true, store: { id: 'os_glance_staging_store', type: 'file', options: { datadirs: [{ path: '/var/stage', priority: 0 }] } } });
    expect(settingsOf(`${BACKENDS}[staging]\nstore = shared`).staging.store).toBe('shared');
    for (const bad of ['web', 'nowhere']) expect(() => settingsOf(`${BACKENDS}[staging]\nstore = ${bad}`)).toThrow(/\[staging\] store.*fast, shared/);
  });
});

describe('the name of a node', () => {
  it('is its host and which of its folders, whatever the folder\'s spelling', () => {
    expect(nodeName('/a/b/')).toBe(nodeName('/a/./b'));
    expect(nodeName('/a/b')).not.toBe(nodeName('/a/c'));
    expect(nodeName('/a/b')).toMatch(/^[A-Za-z0-9.-]+-[0-9a-f]{8}$/);
    expect(nodeName('/a').startsWith(hostname().replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 60))).toBe(true);
  });
});
