import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type CommandLine } from './index.js';

const env = { HOME: '/home/me' };
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'settings-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function withFile(text: string, { commandLine }: { commandLine?: CommandLine } = {}) {
  const file = join(directory, 'a.conf');
  writeFileSync(file, text);
  return loadSettings({ commandLine: { configFiles: [file], ...commandLine }, env });
}

describe('[DEFAULT] workers', () => {
  it('workers are one for each CPU, Glance\'s 8 at most, where there is a configuration file', () => {
    expect(withFile('').settings.workers).toBe(Math.min(8, availableParallelism()));
    expect(withFile('[DEFAULT]\nworkers = 12').settings.workers).toBe(12);
    expect(withFile('[DEFAULT]\nworkers = 0').settings.workers).toBe(0);
  });

  it('without a configuration file one process does all unless workers are asked for', () => {
    expect(loadSettings({ env }).settings.workers).toBe(0);
    expect(loadSettings({ env: { ...env, OS_DEFAULT__WORKERS: '2' } }).settings.workers).toBe(2);
  });

  it('seed 37: events in memory are in one process, and take no other number of workers', () => {
    expect(withFile('', { commandLine: { memory: true } }).settings.workers).toBe(0);
    expect(withFile('[DEFAULT]\nworkers = 0', { commandLine: { memory: true } }).settings.workers).toBe(0);
    expect(() => withFile('[DEFAULT]\nworkers = 2', { commandLine: { memory: true } })).toThrow('one process only');
  });

  it('can be sent to another process as they are', () => {
    const { settings } = withFile('[DEFAULT]\nenabled_backends = a:file\n[glance_store]\ndefault_backend = a\n[a]\nfilesystem_store_datadir = /d');
    expect(structuredClone(settings)).toEqual(settings);
  });
});
