import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oldInstallation } from './old-installation.js';

const KEY = '0123456789abcdef';

describe('Where the old installation is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-old-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is said by a URL, and this installation’s key is tried', () => {
    expect(oldInstallation({ from: 'sqlite:////x' }, KEY)).toEqual({ url: 'sqlite:////x', key: KEY, keepDeletedFor: undefined });
  });

  it('stands in its own files, of which the later win, and a URL or a key file that is given wins over them', () => {
    const one = file('a.conf', `[DEFAULT]\nmetadata_encryption_key = other\nscrub_time = 60\n[database]\nconnection = mysql://one/glance\n`);
    const two = file('b.conf', `[DEFAULT]\nmetadata_encryption_key = ${KEY}\n[database]\nconnection=mysql://two/glance\n`);
    expect(oldInstallation({ fromConfig: [one, two] }, undefined)).toEqual({ url: 'mysql://two/glance', key: KEY, keepDeletedFor: 60 });
    expect(oldInstallation({ from: 'sqlite:////x', fromConfig: [one], fromKeyFile: file('key', `${KEY}\n`) }, 'ours')).toMatchObject({ url: 'sqlite:////x', key: KEY });
  });

  it('is found in the file of a Folsom registry', () => {
    expect(oldInstallation({ fromConfig: [file('glance-registry.conf', '[DEFAULT]\nsql_connection = mysql://old/glance\n')] }, undefined)).toMatchObject({ url: 'mysql://old/glance', key: undefined });
  });

  it('is asked for where it stands nowhere', () => {
    const empty = file('empty.conf', '[DEFAULT]\n');
    expect(() => oldInstallation({ fromConfig: [empty] }, undefined)).toThrow(expect.objectContaining({ code: 'LegacyUrlInvalid', message: expect.stringContaining('empty.conf') as string }));
    expect(() => oldInstallation({ fromConfig: [join(folder, 'none.conf')] }, undefined)).toThrow(/no such file/);
    expect(() => oldInstallation({ from: 'sqlite:////x', fromKeyFile: join(folder, 'none.key') }, undefined)).toThrow(/ENOENT/);
  });
});
