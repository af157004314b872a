import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type CommandLine } from './index.js';

const env = { HOME: '/home/me' };
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'settings-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function withFile(text: string, more: { commandLine?: CommandLine } = {}) {
  const file = join(directory, 'glance-api.conf');
  writeFileSync(file, text);
  return loadSettings({ commandLine: { configFiles: [file], ...more.commandLine }, env });
}

describe('Databases', () => {
  it.each([
    ['postgresql+psycopg2://u:p%40@h:5433/d?sslmode=require', 'postgresql://u:p%40@h:5433/d?sslmode=require'],
    ['postgres://h/d', 'postgresql://h/d'],
    ['postgresql:///d?host=/run/postgresql', 'postgresql:///d?host=/run/postgresql'],
  ])('%s is ours', (connection, url) => {
    expect(withFile(`[database]\nconnection = ${connection}`).settings).toMatchObject({ eventStore: { kind: 'postgres', url }, readModel: { kind: 'postgres', url }, jobs: { kind: 'postgres' } });
  });

  it('another dialect is not used, which is said without its password', () => {
    const { settings, warnings } = withFile('[database]\nconnection = mysql+pymysql://glance:s3cret@h/glance');
    expect(settings.eventStore).toEqual({ kind: 'embedded' });
    expect(warnings.join()).toContain('[database] connection (mysql) is not used');
    expect(warnings.join()).not.toContain('s3cret');
  });

  it('[event_store] url goes before [database] connection', () => {
    const { settings } = withFile('[database]\nconnection = postgresql://a/a\n[event_store]\nurl = postgresql://b/b\n[jobs]\nurl = redis://r:6379');
    expect(settings).toMatchObject({ eventStore: { url: 'postgresql://b/b' }, readModel: { url: 'postgresql://b/b' }, jobs: { kind: 'redis', url: 'redis://r:6379' } });
  });

  it.each([
    ['[database]\nconnection = postgresql://a/a\n[event_store]\nurl = kurrentdb://k?tls=false', 'kurrentdb://k?tls=false&nodePreference=leader', 'postgresql://a/a'],
    ['[event_store]\nurl = kurrentdb://k\n[read_model]\nurl = postgresql://b/b', 'kurrentdb://k?nodePreference=leader', 'postgresql://b/b'],
    ['[database]\nconnection = postgresql://a/a\n[read_model]\nurl = postgresql://b/b', 'postgresql://a/a', 'postgresql://b/b'],
    ['[event_store]\nurl = kurrentdb://k', 'kurrentdb://k?nodePreference=leader', undefined],
  ])('read models can be elsewhere than the events: %j', (conf, events, readModel) => {
    expect(withFile(conf).settings).toMatchObject({ eventStore: { url: events }, readModel: readModel === undefined ? { kind: 'embedded' } : { url: readModel }, jobs: { kind: 'postgres' } });
  });

  it.each([
    ['glance.db.sqlalchemy.api', 'embedded', undefined],
    ['glance.db.registry.api', 'embedded', 'there is no registry service here'],
    ['glance.db.simple.api', 'memory', undefined],
  ])('seed 33: data_api = %s is a driver of ours', (name, kind, warning) => {
    const { settings, warnings } = withFile(`[DEFAULT]\ndata_api = ${name}`);
    expect(settings).toMatchObject({ eventStore: { kind }, readModel: { kind } });
    expect(settings.readModelModule).toBeUndefined();
    expect(warnings.join()).toEqual(warning === undefined ? expect.not.stringContaining('data_api') : expect.stringContaining(warning));
  });

  it('seed 33: data_api names a module by its path or as a package, and [read_model] url is its own', () => {
    const { settings } = withFile(`[DEFAULT]\ndata_api = ${import.meta.filename}\n[read_model]\nurl = sqlite:/srv/read.db`);
    expect(settings).toMatchObject({ eventStore: { kind: 'embedded' }, readModel: { kind: 'embedded' }, readModelModule: { path: import.meta.filename, url: 'sqlite:/srv/read.db' } });
    expect(withFile('[DEFAULT]\ndata_api = lru-cache').settings.readModelModule?.path).toMatch(/lru-cache/);
  });

  it('data_api = glance.db.simple.api leaves bytes where the stores say, and says that the database is not used', () => {
    const simple = withFile('[DEFAULT]\ndata_api = glance.db.simple.api\n[database]\nconnection = mysql://h/d\n[glance_store]\nfilesystem_store_datadir = /d');
    expect(simple.settings).toMatchObject({ workers: 0, jobs: { kind: 'in-process' }, stores: { default: 'file' } });
    expect(simple.warnings.join()).toContain('[database] connection is not used');
    expect(withFile('[DEFAULT]\ndata_api = glance.db.simple.api').settings.stores.default).toBe('memory');
  });

  it('--memory keeps events, jobs and bytes in the process unless a store is set', () => {
    const { settings } = loadSettings({ commandLine: { memory: true }, env });
    expect(withFile('[event_store]\nurl = kurrentdb://k\n[read_model]\nurl = postgresql://b/b', { commandLine: { memory: true } }).settings).toMatchObject({ eventStore: { kind: 'memory' }, readModel: { kind: 'memory' } });
    expect(settings).toMatchObject({ eventStore: { kind: 'memory' }, jobs: { kind: 'in-process' }, stores: { default: 'memory', backends: [{ type: 'memory' }, { type: 'http' }] } });
    const kept = withFile('[glance_store]\nfilesystem_store_datadir = /d', { commandLine: { memory: true } });
    expect(kept.settings.stores.default).toBe('file');
  });
});
