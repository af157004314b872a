import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardedStore } from '../../guarded-store.js';
import { all } from '../../listing.contract.js';
import { storeContract } from '../../store.contract.js';
import { FilesystemStore } from './filesystem.store.js';

const newDir = () => mkdtemp(join(tmpdir(), 'afterimage-store-'));
const IMAGE = '11111111-1111-4111-8111-111111111111';

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

const put = (store: GuardedStore, uploadId: string, text = 'data') =>
  store.put({ attempt: { imageId: IMAGE, uploadId }, source: once(text), maxSize: 100, hashAlgorithm: 'sha256', mayReplace: async () => false });

describe('filesystem store', () => {
  storeContract(async () => {
    const dir = await newDir();
    return {
      driver: new FilesystemStore('under-test', { datadirs: [{ path: dir, priority: 0 }], filePerm: 0 }),
      objects: () => readdir(dir),
      dispose: () => rm(dir, { recursive: true }),
    };
  });

  describe('its files', () => {
    let dir: string;
    beforeEach(async () => {
      dir = await newDir();
    });
    afterEach(() => rm(dir, { recursive: true }));
    const storeWith = (filePerm = 0) => new GuardedStore('files', new FilesystemStore('files', { datadirs: [{ path: dir, priority: 0 }], filePerm }));

    it('are named by the image id alone and located by a file URL', async () => {
      const { url } = await put(storeWith(), crypto.randomUUID());
      expect(url).toBe(`file://${dir}/${IMAGE}`);
      expect(await readdir(dir)).toEqual([IMAGE]);
    });

    it('have the permissions that filesystem_store_file_perm asks for', async () => {
      await put(storeWith(0o604), crypto.randomUUID());
      expect((await stat(join(dir, IMAGE))).mode & 0o777).toBe(0o604);
    });

    it('are never reached through a symbolic link or a path beside the directory', async () => {
      await symlink('/etc/hostname', join(dir, 'link'));
      await expect(storeWith().read(`file://${dir}/link`)).rejects.toMatchObject({ code: 'BadLocation' });
      await expect(storeWith().size(`file://${dir}/link`)).rejects.toMatchObject({ code: 'BadLocation' });
      await expect(storeWith().read(`file://localhost${dir}/link`)).rejects.toMatchObject({ code: 'BadLocation' });
      await expect(storeWith().read(`file://${dir}/../x`)).rejects.toMatchObject({ code: 'BadLocation' });
      await expect(storeWith().read(`file://${dir}/%2e%2e/x`)).rejects.toMatchObject({ code: 'BadLocation' });
    });

    it('are listed with what is not ours, which nothing removes, but without directories', async () => {
      const uploadId = crypto.randomUUID();
      for (const name of [`${IMAGE}.${uploadId}.part`, IMAGE, 'notes.txt', 'ü b.txt']) await writeFile(join(dir, name), 'x');
      await symlink('/etc/hostname', join(dir, 'link'));
      await mkdir(join(dir, 'folder'));
      const store = storeWith();
      const listed = await all(store.list());
      expect(listed.map(({ name }) => name).toSorted()).toEqual([IMAGE, 'link', 'notes.txt', 'ü b.txt'].toSorted());
      expect(listed.filter(({ url }) => !store.owns(url)).map(({ name }) => name).toSorted()).toEqual(['notes.txt', 'ü b.txt'].toSorted());
      expect((await all(store.parts())).map(({ attempt }) => attempt)).toEqual([{ imageId: IMAGE, uploadId }]);
      await rm(dir, { recursive: true });
      await expect(all(store.list())).rejects.toMatchObject({ code: 'StoreUnavailable' });
      await mkdir(dir);
    });

    it('are listed one batch after the other, however many there are', async () => {
      for (let i = 0; i < 3_000; i += 100) await Promise.all(Array.from({ length: 100 }, (_, k) => writeFile(join(dir, `f${i + k}`), '')));
      expect(new Set((await all(storeWith().list())).map(({ name }) => name)).size).toBe(3_000);
    });
  });

  it('makes its directory at start, closed to others, and leaves no probe in it', async () => {
    const parent = await newDir();
    const dir = join(parent, 'a', 'images');
    await new FilesystemStore('files', { datadirs: [{ path: dir, priority: 0 }] }).check();
    expect((await stat(dir)).mode & 0o027).toBe(0);
    expect(await readdir(dir)).toEqual([]);
    await rm(parent, { recursive: true });
  });

  it('reads what Glance stored under a directory whose name it did not encode', async () => {
    const parent = await newDir();
    const dir = join(parent, 'my images');
    const driver = new FilesystemStore('files', { datadirs: [{ path: dir, priority: 0 }] });
    await driver.check();
    const { url } = await put(new GuardedStore('files', driver), 'u1');
    expect(url).toBe(`file://${parent}/my%20images/${IMAGE}`);
    expect(await driver.size(`file://${dir}/${IMAGE}`)).toBe(4);
    await rm(parent, { recursive: true });
  });

  it('does not remove what another attempt published in its place', async () => {
    const dir = await newDir();
    const driver = new FilesystemStore('files', { datadirs: [{ path: dir, priority: 0 }] });
    const writer = await driver.begin({ imageId: IMAGE, uploadId: 'u1' });
    await writer.publish(async () => false);
    await writeFile(join(dir, 'other'), 'of another');
    await rename(join(dir, 'other'), join(dir, IMAGE));
    await writer.abort();
    expect(await readFile(join(dir, IMAGE), 'utf8')).toBe('of another');
    await rm(dir, { recursive: true });
  });

  it('says at start which directory it cannot use', async () => {
    const store = new FilesystemStore('files', { datadirs: [{ path: '/proc/nowhere', priority: 0 }], filePerm: 0 });
    await expect(store.check()).rejects.toThrow('/proc/nowhere');
  });

  describe('with several directories', () => {
    let dirs: string[];
    beforeEach(async () => {
      dirs = [await newDir(), await newDir()];
    });
    afterEach(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));
    const driverWith = (...priorities: number[]) =>
      new FilesystemStore('files', { datadirs: dirs.map((path, i) => ({ path, priority: priorities[i] ?? 0 })) });

    it('writes to the one of the highest priority', async () => {
      await put(new GuardedStore('files', driverWith(1, 2)), 'u1');
      expect(await Promise.all(dirs.map((dir) => readdir(dir)))).toEqual([[], [IMAGE]]);
    });

    it('is full when none has room for the announced size', async () => {
      const attempt = { imageId: IMAGE, uploadId: 'u1' };
      await expect(driverWith(1, 2).begin(attempt, Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({ code: 'StoreFull' });
    });

    it('passes over one that is gone', async () => {
      await rm(dirs[0] ?? '', { recursive: true });
      await put(new GuardedStore('files', driverWith(2, 1)), 'u1');
      expect(await readdir(dirs[1] ?? '')).toEqual([IMAGE]);
      dirs.shift();
    });

    it('finds an image that stands in another one of them already', async () => {
      await put(new GuardedStore('files', driverWith(2, 1)), 'u1');
      const later = new GuardedStore('files', driverWith(1, 2));
      await expect(put(later, 'u2')).rejects.toMatchObject({ code: 'DataExists' });
      expect(await readdir(dirs[1] ?? '')).toEqual([]);
    });
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? describe : describe.skip)('on a small file system (only root can mount one)', () => {
    let dir: string;
    beforeEach(async () => {
      dir = await newDir();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dir]);
    });
    afterEach(async () => {
      execFileSync('umount', [dir]);
      await rm(dir, { recursive: true });
    });
    const store = () => new GuardedStore('files', new FilesystemStore('files', { datadirs: [{ path: dir, priority: 0 }] }));
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield Buffer.alloc(64 * 1024, 1);
    }
    const fill = (store_: GuardedStore) => store_.put({
      attempt: { imageId: IMAGE, uploadId: 'u1' }, source: endless(), maxSize: Infinity, hashAlgorithm: 'sha512', mayReplace: async () => false,
    });

    it('says that it is full, keeps nothing, and has room again', async () => {
      await expect(fill(store())).rejects.toMatchObject({ code: 'StoreFull', store: 'files' });
      expect(await readdir(dir)).toEqual([]);
      await put(store(), 'u2');
      expect(await readdir(dir)).toEqual([IMAGE]);
    });

    it('says that it cannot be written when it is mounted read-only', async () => {
      execFileSync('mount', ['-o', 'remount,ro', dir]);
      await expect(put(store(), 'u1')).rejects.toMatchObject({ code: 'StoreReadOnly' });
      await expect(store().check()).rejects.toThrow('mounted read-only');
    });

    it('fails a reader whose data ends too early', async () => {
      const { url } = await put(store(), 'u1');
      const reader = (await store().read(url, { start: 0, end: 9 }))[Symbol.asyncIterator]();
      await reader.next();
      await expect(reader.next()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    });
  });
});
