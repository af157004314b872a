import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings.js';

const dir = mkdtempSync(join(tmpdir(), 'afterimage-cache-settings-'));
let made = 0;

function load(flavor: string, own = 'image_cache_dir = /var/cache/images') {
  const file = join(dir, `${made++}.conf`);
  writeFileSync(file, `[DEFAULT]\nbind_host = 127.0.0.1\n${own}\n[paste_deploy]\nflavor = ${flavor}\n`);
  return loadSettings({ commandLine: { configFiles: [file] }, env: {} });
}

describe('the cache of images', () => {
  it('is off without a folder, and serves only with the flavors that say so', () => {
    expect(load('fakeauth', '').settings.imageCache).toBeUndefined();
    expect(load('fakeauth').settings.imageCache).toMatchObject({ dir: '/var/cache/images', serves: false });
    expect(load('fakeauth+caching').settings.imageCache).toMatchObject({ serves: true });
    expect(load('cachemanagement').settings.imageCache).toMatchObject({ serves: true });
    expect(['fakeauth+caching', 'fakeauth+cachemanagement'].map((flavor) => load(flavor, '').settings.oldCachePaths)).toEqual([false, true]);
    const { settings, warnings } = load('fakeauth+caching', '');
    expect([settings.imageCache, warnings.some((text) => text.includes('image_cache_dir'))]).toEqual([undefined, true]);
  });

  it('tells other nodes only with the driver that does', () => {
    expect(load('').settings.imageCache?.central).toBe(true);
    for (const driver of ['sqlite', 'xattr']) expect(load('', `image_cache_dir = /c\nimage_cache_driver = ${driver}`).settings.imageCache?.central).toBe(false);
    expect(() => load('', 'image_cache_driver = memory')).toThrow(/image_cache_driver/);
  });

  it('is looked after as often as cache_prefetcher_interval says', () => {
    expect(load('').settings.imageCache?.prefetchInterval).toBe(300);
    expect(load('', 'image_cache_dir = /c\ncache_prefetcher_interval = 5').settings.imageCache?.prefetchInterval).toBe(5);
  });
});
