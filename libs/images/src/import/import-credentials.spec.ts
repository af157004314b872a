import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryClaims } from '#event-store';
import type { ImagesOptions } from '../images.options.js';
import { ImportCredentials } from './import-credentials.js';

const dir = mkdtempSync(join(tmpdir(), 'afterimage-credentials-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the token of whoever asked for an import', () => {
  const claims = createMemoryClaims();
  const of = (file: string) => new ImportCredentials(claims, { secretsFile: join(dir, file) } as ImagesOptions);

  it('is there for every process of the node until the import ends, and kept by nothing that can be read', async () => {
    await of('secrets.key').keep('task', { token: 't0ken' });
    expect(await of('secrets.key').read('task')).toEqual({ token: 't0ken' });
    expect(await claims.named('import-token', 'task')).not.toContain('t0ken');
    await of('secrets.key').forget('task');
    expect(await of('secrets.key').read('task')).toEqual({});
    expect(await claims.named('import-token', 'task')).toBeUndefined();
    await of('secrets.key').forget('task');
  });

  it('cannot be read by another node, or as that of another import', async () => {
    await of('secrets.key').keep('a', { token: 't0ken' });
    await expect(of('other.key').read('a')).rejects.toMatchObject({ code: 'CredentialsUnreadable' });
    await claims.name('import-token', 'b', (await claims.named('import-token', 'a')) ?? '');
    await expect(of('secrets.key').read('b')).rejects.toMatchObject({ code: 'CredentialsUnreadable' });
  });

  it('is none where there was none', async () => {
    await of('secrets.key').keep('c', {});
    expect(await of('secrets.key').read('c')).toEqual({});
  });
});
