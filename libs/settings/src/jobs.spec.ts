import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './index.js';

describe('Jobs', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'settings-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  function jobs(conf: string) {
    const file = join(directory, 'glance-api.conf');
    writeFileSync(file, conf);
    return loadSettings({ commandLine: { configFiles: [file] }, env: { HOME: directory } }).settings.jobs;
  }

  it('are as many at a time as max_workers says, or one where engine_mode is serial', () => {
    expect(jobs('').longJobs).toBe(10);
    expect(jobs('[taskflow_executor]\nmax_workers = 3').longJobs).toBe(3);
    expect(jobs('[taskflow_executor]\nmax_workers = 3\nengine_mode = serial').longJobs).toBe(1);
    expect(() => jobs('[taskflow_executor]\nmax_workers = 0')).toThrow('[taskflow_executor] max_workers = 0');
  });

  it('are kept where [jobs] url says, and have a board where it is asked for', () => {
    expect(jobs('[jobs]\nurl = redis+sentinel://a,b/mymaster\nboard = yes')).toEqual({ kind: 'redis', url: 'redis+sentinel://a,b/mymaster', longJobs: 10, lockSeconds: 30, board: true });
    expect(jobs('')).toEqual({ kind: 'postgres', longJobs: 10, lockSeconds: 30, board: false });
    expect(jobs('[jobs]\nlock_time = 5').lockSeconds).toBe(5);
    for (const url of ['redis+sentinel://a', 'redis+cluster://a/0', 'redis://a,b']) expect(() => jobs(`[jobs]\nurl = ${url}`)).toThrow(`[jobs] url = ${url}`);
  });
});
