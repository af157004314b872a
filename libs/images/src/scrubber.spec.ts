import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessModule, openPolicy } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, type CommandContext } from '#event-store';
import { Stores, StoresModule, type GuardedStore, type StoreSettings } from '#stores';
import { ImageDataService } from './image-data.service.js';
import { imageDecider } from './image/image.decider.js';
import type { Image } from './image/image.js';
import { ImagesModule } from './images.module.js';
import { ImagesService } from './images.service.js';
import { MembersService } from './members.service.js';
import { MemoryImageList, memoryImageProjection } from './read-model/image-list.memory.js';
import { Scrubber } from './scrubber.js';

const CONTEXT: CommandContext = { actor: { user: 'u', project: 'p', roles: ['admin'], admin: true, service: null }, requestId: 'req-1' };
const NO_LIMITS = { properties: -1, tags: -1, locations: -1, members: -1 };

async function* chunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

describe('The scrubber', () => {
  let root: string;
  let directory: string;
  let images: MemoryImageList;
  let claims: ReturnType<typeof createMemoryClaims>;
  let stores: Stores;
  let app: TestingModule;
  const scrubber = () => app.get(Scrubber);

  async function start(keepDeletedFor: number): Promise<void> {
    const settings: StoreSettings[] = [{ id: 'one', type: 'file', options: { datadirs: [{ path: directory, priority: 1 }] } }];
    stores = new Stores(settings, 'one');
    app = await Test.createTestingModule({
      imports: [
        AccessModule.forRoot(openPolicy({ legacy: false })),
        EventStoreModule.forRoot({
          site: 'here', store: createMemoryEventStore(), claims, checkpoints: createMemoryCheckpoints(), deciders: [imageDecider], projections: [memoryImageProjection(images)],
        }),
        StoresModule.forRoot(stores),
        ImagesModule.forRoot({
          site: 'here', quotas: NO_LIMITS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'test/1/1',
          locationsSealed: false, encryptLocation: (url) => url, decryptLocation: (url) => url, keepDeletedFor,
        }, images),
      ],
    }).compile();
    await app.init();
  }

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'scrubber-'));
    directory = join(root, 'images');
    mkdirSync(directory);
    images = new MemoryImageList();
    claims = createMemoryClaims();
  });
  afterEach(async () => {
    await app.close();
    rmSync(root, { recursive: true });
  });

  const uploaded = async (): Promise<string> => {
    const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare', properties: { os_distro: 'debian' }, tags: ['lts'] });
    await app.get(ImageDataService).upload(CONTEXT, id, { source: chunks('some bytes') });
    return id;
  };
  const pending = async (): Promise<string> => {
    const id = await uploaded();
    await app.get(ImagesService).delete(CONTEXT, id);
    return id;
  };
  const find = async (id: string) => (await images.find(id)) as Image;
  const files = () => readdirSync(directory).toSorted();

  /** Makes the store behave as one that is not at hand here; answers how that ends. */
  const broken = <K extends 'remove' | 'size'>(what: K, instead: GuardedStore[K]): (() => void) => {
    const whole = stores.default[what];
    Object.assign(stores.default, { [what]: instead });
    return () => void Object.assign(stores.default, { [what]: whole });
  };

  it('takes the data of images whose time has come, and of no others', async () => {
    await start(0);
    const [due, again] = [await pending(), await pending()];
    const living = await uploaded();
    expect(await scrubber().scrub(CONTEXT, { parallel: 5 })).toEqual({ scrubbed: 2, kept: 0 });
    expect(files()).toEqual([living]);
    for (const id of [due, again]) expect((await find(id)).status).toBe('deleted');
    expect(await scrubber().scrub(CONTEXT)).toEqual({ scrubbed: 0, kept: 0 });
    expect((await find(living)).status).toBe('active');
  });

  it('leaves data that shall stay longer', async () => {
    await start(3600);
    const id = await pending();
    expect(await scrubber().scrub(CONTEXT)).toEqual({ scrubbed: 0, kept: 0 });
    expect(files()).toEqual([id]);
    expect((await find(id)).status).toBe('pending_delete');
  });

  it('counts data that is gone already as taken', async () => {
    await start(0);
    const id = await pending();
    rmSync(join(directory, id));
    expect(await scrubber().scrub(CONTEXT)).toEqual({ scrubbed: 1, kept: 0 });
    expect((await find(id)).status).toBe('deleted');
  });

  it('leaves an image pending whose store refuses, and tries again at its next run', async () => {
    await start(0);
    const id = await pending();
    const mend = broken('remove', async () => Promise.reject(new Error('the data has a clone')));
    expect(await scrubber().scrub(CONTEXT)).toEqual({ scrubbed: 0, kept: 1 });
    expect(await find(id)).toMatchObject({ status: 'pending_delete', locations: [expect.anything()] });
    mend();
    expect(await scrubber().scrub(CONTEXT)).toEqual({ scrubbed: 1, kept: 0 });
    expect(files()).toEqual([]);
  });

  it('never runs twice at once, and nothing is restored meanwhile', async () => {
    await start(0);
    const id = await pending();
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const remove = stores.default.remove.bind(stores.default);
    broken('remove', (url) => opened.then(() => remove(url)));
    const first = scrubber().scrub(CONTEXT);
    expect(await scrubber().scrub(CONTEXT)).toBeUndefined();
    await expect(scrubber().restore(CONTEXT, id)).rejects.toMatchObject({ code: 'ScrubberRunning' });
    open();
    expect(await first).toEqual({ scrubbed: 1, kept: 0 });
  });

  it('is not kept waiting by one whose process died', async () => {
    await start(0);
    await pending();
    await claims.acquire('scrub', 'all', `${hostname()}/999999/1#scrub-x`, 60_000);
    expect(await scrubber().scrub(CONTEXT)).toEqual({ scrubbed: 1, kept: 0 });
  });

  it('as a daemon runs again and again until it is told to stop, the only one all that time', async () => {
    await start(0);
    const control = new AbortController();
    const first = await pending();
    const daemon = scrubber().scrubOn(CONTEXT, 5, { signal: control.signal });
    const until = async (id: string) => {
      while ((await find(id)).status !== 'deleted') await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(first);
    await until(await pending());
    expect(await scrubber().scrub(CONTEXT)).toBeUndefined();
    control.abort();
    expect(await daemon).toBe(true);
    expect(await scrubber().scrub(CONTEXT)).toEqual({ scrubbed: 0, kept: 0 });
  });

  describe('restoring an image', () => {
    it('user-asks 9: brings back its data, properties, tags and members', async () => {
      await start(3600);
      const id = await uploaded();
      await app.get(MembersService).add(CONTEXT, id, ['p2']);
      const before = await find(id);
      await app.get(ImagesService).delete(CONTEXT, id);
      await scrubber().restore(CONTEXT, id.toUpperCase());
      expect(await find(id)).toEqual({ ...before, updatedAt: expect.any(String) });
      expect(before).toMatchObject({ status: 'active', properties: { os_distro: 'debian' }, tags: ['lts'], members: [{ member: 'p2' }], locations: [expect.anything()] });
      expect(files()).toEqual([id]);
    });

    it('is refused where there is none, or where it does not wait', async () => {
      await start(3600);
      const id = await uploaded();
      await expect(scrubber().restore(CONTEXT, 'unknown')).rejects.toMatchObject({ code: 'ImageNotFound' });
      await expect(scrubber().restore(CONTEXT, id)).rejects.toMatchObject({ code: 'NotPendingDelete', status: 'active' });
    });

    it('is refused where a scrubber that was killed took the data without saying so', async () => {
      await start(3600);
      const id = await pending();
      rmSync(join(directory, id));
      await expect(scrubber().restore(CONTEXT, id)).rejects.toMatchObject({ code: 'ScrubbedAlready' });
      expect((await find(id)).status).toBe('pending_delete');
    });

    it('is refused while nobody can tell whether the data is there', async () => {
      await start(3600);
      const id = await pending();
      broken('size', async () => Promise.reject(new Error('down')));
      await expect(scrubber().restore(CONTEXT, id)).rejects.toThrow('down');
      expect((await find(id)).status).toBe('pending_delete');
    });
  });
});
