import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings.js';
import type { Settings } from './settings.js';

const dir = mkdtempSync(join(tmpdir(), 'afterimage-downloads-'));
afterAll(() => rmSync(dir, { recursive: true }));

function downloads(conf: string): Settings['downloads'] {
  const file = join(dir, 'glance-api.conf');
  writeFileSync(file, conf);
  return loadSettings({ commandLine: { configFiles: [file] }, env: {} }).settings.downloads;
}

describe('the settings of downloads', () => {
  it('wait so long as [web_download] says, in seconds', () => {
    expect(downloads('')).toMatchObject({ answerTimeoutMs: 30_000, idleTimeoutMs: 60_000, totalTimeoutMs: 86_400_000 });
    expect(downloads('[web_download]\nanswer_timeout = 1\nstall_timeout = 2\ntotal_timeout = 3\nca_certificates_file = /ca.pem'))
      .toMatchObject({ answerTimeoutMs: 1000, idleTimeoutMs: 2000, totalTimeoutMs: 3000, caFile: '/ca.pem' });
    for (const bad of ['answer_timeout = 0', 'stall_timeout = x', 'total_timeout = 604801']) expect(() => downloads(`[web_download]\n${bad}`)).toThrow('[web_download]');
  });

  it('copy the properties that Glance copies, or those that are named', () => {
    expect(downloads('').copiedProperties).toEqual(['hw_', 'trait:', 'os_distro', 'os_secure_boot', 'os_type']);
    expect(downloads("[glance_download_properties]\nextra_properties = ['os_', architecture]").copiedProperties).toEqual(['os_', 'architecture']);
    expect(downloads('[glance_download_properties]\nextra_properties = []').copiedProperties).toEqual([]);
  });
});
