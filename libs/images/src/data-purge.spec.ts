import { Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { AccessModule, openPolicy } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, StreamReader, type Claims, type CommandContext } from '#event-store';
import { Stores, StoresModule } from '#stores';
import { DataPurge } from './data-purge.js';
import { ImageDataService } from './image-data.service.js';
import { ChangeImage, type ImageChange } from './image/change-image.js';
import { imageDecider } from './image/image.decider.js';
import { streamOf, type Image } from './image/image.js';
import { FinishStaging } from './image/import-data.js';
import { StartUpload } from './image/upload-data.js';
import { ImagesModule } from './images.module.js';
import { ImagesService } from './images.service.js';
import { locationTools } from './location-tools.js';
import { MemoryImageList, memoryImageProjection } from './read-model/image-list.memory.js';

const CONTEXT: CommandContext = { actor: { user: 'u', project: 'p', roles: ['admin'], admin: true, service: null }, requestId: 'req-1' };
const OPTIONS = {
  site: 'here', quotas: { properties: -1, tags: -1, locations: -1, members: -1 }, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] },
  holder: 'test', locationsSealed: false, encryptLocation: (url: string) => `sealed:${url}`, decryptLocation: (url: string) => url.slice('sealed:'.length),
};

async function* bytes(): AsyncGenerator<Buffer> {
  yield Buffer.from('data');
}

describe('The purge of data', () => {
  let app: TestingModule;
  let stores: Stores;
  let images: MemoryImageList;
  let claims: Claims;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    images = new MemoryImageList();
    claims = createMemoryClaims();
    stores = new Stores([{ id: 'one', type: 'memory' }], 'one');
    app = await Test.createTestingModule({
      imports: [
        AccessModule.forRoot(openPolicy({ legacy: false })),
        EventStoreModule.forRoot({ site: 'here', store: createMemoryEventStore(), claims, checkpoints: createMemoryCheckpoints(), deciders: [imageDecider], projections: [memoryImageProjection(images)] }),
        StoresModule.forRoot(stores),
        ImagesModule.forRoot(OPTIONS, images),
      ],
    }).compile();
    await app.init();
  });
  afterEach(() => app.close());

  const change = (id: string, step: ImageChange) => app.get(CommandBus).execute(new ChangeImage(CONTEXT, id, [step], OPTIONS.quotas, locationTools(OPTIONS, stores)));
  const place = (url: string): ImageChange => ({ kind: 'location', op: 'add', location: { store: 'one', url: `sealed:${url}`, metadata: {}, size: 4 } });
  const find = async (id: string) => (await images.find(id)) as Image;
  const purge = (id: string) => app.get(DataPurge).run(CONTEXT, id, new AbortController().signal);
  /** Has another place, and gave up the one that its upload went to. */
  const moved = async (): Promise<{ id: string; url: string }> => {
    const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
    await app.get(ImageDataService).upload(CONTEXT, id, { source: bytes() });
    await change(id, place(`memory://${id}-other`));
    await change(id, { kind: 'location', op: 'remove', at: 0 });
    return { id, url: `memory://${id}` };
  };

  describe('at a place that a living image gave up', () => {
    it('goes', async () => {
      const { id, url } = await moved();
      await purge(id);
      expect((await find(id)).leftovers).toEqual([]);
      await expect(stores.default.size(url)).rejects.toMatchObject({ code: 'DataNotFound' });
    });

    it('stays where the place is the image\'s again, and the work is done all the same', async () => {
      const { id, url } = await moved();
      await change(id, place(url));
      await purge(id);
      expect(await find(id)).toMatchObject({ leftovers: [], locations: [{ url: `sealed:${url}-other` }, { url: `sealed:${url}` }] });
      expect(await stores.default.size(url)).toBe(4);
    });

    it('waits while data is written for the image', async () => {
      const { id, url } = await moved();
      const lease = await claims.acquire('upload', id, 'another', 60_000);
      await expect(purge(id)).rejects.toThrow('Data is being written');
      expect(await stores.default.size(url)).toBe(4);
      if (lease) await claims.release(lease);
      await purge(id);
      expect((await find(id)).leftovers).toEqual([]);
    });
  });

  describe('that is staged', () => {
    const staged = async (): Promise<string> => {
      const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
      await app.get(ImageDataService).stage(CONTEXT, id, { source: bytes() });
      return id;
    };
    const events = async (id: string) => (await app.get(StreamReader).load(streamOf(id))).events.map(({ type }) => type);

    it('goes with its image, and ends the attempt that brought it', async () => {
      const id = await staged();
      const { staged: before } = await find(id);
      await app.get(ImagesService).delete(CONTEXT, id);
      expect(await images.openWork('purge', undefined, 9)).toEqual([id]);
      await purge(id);
      expect(await find(id)).toMatchObject({ status: 'deleted', staged: null, openUpload: null });
      expect((await events(id)).slice(-3)).toEqual(['ImageDeleted', 'ImageDataPurged', 'ImageUploadFailed']);
      await expect(stores.staging.size(OPTIONS.decryptLocation(before?.url ?? ''))).rejects.toMatchObject({ code: 'DataNotFound' });
      for (const kind of ['purge', 'upload'] as const) expect(await images.openWork(kind, undefined, 9)).toEqual([]);
    });

    it('stays while its image lives', async () => {
      const id = await staged();
      await purge(id);
      expect((await find(id)).staged).not.toBeNull();
    });

    it('on the disk of another node is left to that node', async () => {
      const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
      await app.get(CommandBus).execute(new StartUpload(CONTEXT, id, { uploadId: 'u1', method: 'stage', store: 'staging' }));
      await app.get(CommandBus).execute(new FinishStaging(CONTEXT, id, { uploadId: 'u1', size: 4, store: 'staging', url: `sealed:memory://${id}`, node: 'elsewhere' }));
      await app.get(ImagesService).delete(CONTEXT, id);
      await purge(id);
      expect((await find(id)).staged?.node).toBe('elsewhere');
      expect(await images.openWork('purge', undefined, 9)).toEqual([id]);
    });
  });
});
