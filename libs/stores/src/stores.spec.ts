import { Test } from '@nestjs/testing';
import type { StoreSettings } from './create-driver.js';
import { StoresModule } from './stores.module.js';
import { Stores } from './stores.js';
import { UriFilter } from './uri-filter/uri-filter.js';

const memory = (id: string): StoreSettings => ({ id, type: 'memory' });
const file = (id: string, path: string): StoreSettings => ({ id, type: 'file', options: { datadirs: [{ path, priority: 0 }] }, weight: 3, description: 'disk' });
const web: StoreSettings = { id: 'web', type: 'http', options: {} };

describe('stores', () => {
  it.each([
    ['a default that is none of them', [memory('a')], 'b', 'no store named b'],
    ['a default that takes no data', [memory('a'), web], 'web', 'The store web takes no data: it cannot be the default.'],
    ['one name twice', [memory('a'), memory('a')], 'a', 'two stores named a'],
  ])('refuse %s', (_what, settings, chosen, message) => expect(() => new Stores(settings, chosen)).toThrow(message));

  it('find the one of several directories that a URL lies in', () => {
    const stores = new Stores([file('fast', '/srv/fast'), file('slow', '/srv/slow'), memory('m')], 'm');
    expect(stores.forUrl('file:///srv/slow/x')?.id).toBe('slow');
    expect(stores.forUrl('memory://x')).toBe(stores.default);
    expect(stores.forUrl('file:///srv/other/x')).toBeUndefined();
    expect(stores.forUrl('/srv/slow/x')).toBeUndefined();
    expect(stores.forUrl('https://example.org/x')).toBeUndefined();
    expect(new Stores([memory('m'), web], 'm').forUrl('HTTPS://example.org/x')?.id).toBe('web');
    expect(stores.byId('slow')).toMatchObject({ weight: 3, description: 'disk', type: 'file' });
  });

  it('fail their check where a directory or the hash cannot be used', async () => {
    await expect(new Stores([memory('m'), file('disk', '/proc/nowhere')], 'm').check()).rejects.toThrow('/proc/nowhere');
    await expect(new Stores([memory('m')], 'm').check('sha7')).rejects.toThrow('sha7');
    await expect(new Stores([memory('m')], 'm').check('sha512')).resolves.toBeUndefined();
  });

  it('are the same in every module', async () => {
    const stores = new Stores([memory('m')], 'm');
    const app = await Test.createTestingModule({ imports: [StoresModule.forRoot(stores)] }).compile();
    expect(app.get(Stores)).toBe(stores);
    expect(app.get(UriFilter)).toBe(stores.uriFilter);
  });
});
