import { Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { AccessModule, openPolicy, type Principal } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, StreamReader, type CommandContext } from '#event-store';
import { DataInUse, StoreUnavailable, Stores, StoresModule } from '#stores';
import { ImageDataService } from './image-data.service.js';
import { ImageLocationsService } from './image-locations.service.js';
import { ChangeImage } from './image/change-image.js';
import { imageDecider } from './image/image.decider.js';
import { streamOf, type Image } from './image/image.js';
import { ImagesModule } from './images.module.js';
import { ImagesService } from './images.service.js';
import { locationTools } from './location-tools.js';
import { MemoryImageList, memoryImageProjection } from './read-model/image-list.memory.js';

const principal = (project: string, ...roles: string[]): Principal => ({ user: 'u', project, roles, admin: roles.includes('admin'), service: null });
const CONTEXT: CommandContext = { actor: principal('p', 'admin', 'member', 'reader'), requestId: 'req-1' };
const STRANGER: CommandContext = { actor: principal('other', 'member', 'reader'), requestId: 'req-2' };
const OPTIONS = {
  site: 'here', quotas: { properties: -1, tags: -1, locations: -1, members: -1 }, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] },
  holder: 'test', locationsSealed: false, encryptLocation: (url: string) => `sealed:${url}`, decryptLocation: (url: string) => url.slice('sealed:'.length),
};

async function* bytes(): AsyncGenerator<Buffer> {
  yield Buffer.from('data');
}

describe('Data that a store says is in use', () => {
  let app: TestingModule;
  let stores: Stores;
  let images: MemoryImageList;
  let asked: string[];

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    asked = [];
    images = new MemoryImageList();
    stores = new Stores([{ id: 'one', type: 'memory' }, { id: 'two', type: 'memory' }], 'one', { several: true });
    app = await Test.createTestingModule({
      imports: [
        AccessModule.forRoot(openPolicy({ legacy: false })),
        EventStoreModule.forRoot({
          site: 'here', store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), deciders: [imageDecider], projections: [memoryImageProjection(images)],
        }),
        StoresModule.forRoot(stores),
        ImagesModule.forRoot(OPTIONS, images),
      ],
    }).compile();
    await app.init();
  });
  afterEach(() => app.close());

  /** The answer of a store that knows of clones, as that of block devices does. */
  const answers = (id: string, error: Error) => Object.assign(stores.byId(id), {
    assertRemovable: async (url: string) => {
      asked.push(url);
      throw error;
    },
  });
  const inUse = (id: string) => answers(id, new DataInUse(id, 'it has 2 clones'));
  /** In both stores. */
  const uploaded = async (): Promise<Image> => {
    const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
    await app.get(ImageDataService).upload(CONTEXT, id, { source: bytes() });
    const location = { store: 'two', url: `sealed:memory://${id}-copy`, metadata: {}, size: 4 };
    await app.get(CommandBus).execute(new ChangeImage(CONTEXT, id, [{ kind: 'location', op: 'add', location }], OPTIONS.quotas, locationTools(OPTIONS, stores)));
    return (await images.find(id)) as Image;
  };
  const events = async (id: string) => (await app.get(StreamReader).load(streamOf(id))).events.map(({ type }) => type);

  it('user-asks 12: keeps the image from being deleted, and nothing changes', async () => {
    const image = await uploaded();
    inUse('two');
    const before = await events(image.id);
    await expect(app.get(ImagesService).delete(CONTEXT, image.id)).rejects.toMatchObject({
      code: 'DataInUse', store: 'two', message: `Image ${image.id} could not be deleted because it is in use: it has 2 clones`,
    });
    expect(await events(image.id)).toEqual(before);
    expect(await images.find(image.id)).toEqual(image);
    expect(asked).toEqual([`memory://${image.id}-copy`]);
  });

  it('keeps its place from being removed, and no other', async () => {
    const image = await uploaded();
    inUse('two');
    await expect(app.get(ImageLocationsService).removeFromStore(CONTEXT, 'two', image.id)).rejects.toMatchObject({ code: 'DataInUse' });
    expect(await images.find(image.id)).toEqual(image);
    await app.get(ImageLocationsService).removeFromStore(CONTEXT, 'one', image.id);
    expect((await images.find(image.id))?.locations).toMatchObject([{ store: 'two' }]);
  });

  it('keeps a change from removing its place, whatever else it would change', async () => {
    const image = await uploaded();
    inUse('one');
    const change = (at: number) => app.get(ImagesService).change(CONTEXT, image.id, [{ kind: 'attribute', name: 'name', value: 'new' }, { kind: 'location', op: 'remove', at }]);
    await expect(change(0)).rejects.toMatchObject({ code: 'DataInUse' });
    expect(await images.find(image.id)).toEqual(image);
    expect(asked).toEqual([`memory://${image.id}`]);
    await change(1);
    expect(await images.find(image.id)).toMatchObject({ name: 'new', locations: [{ store: 'one' }] });
  });

  it('CVE-2012-4573, CVE-2012-5482: is not asked about by one who may not delete it', async () => {
    const image = await uploaded();
    inUse('one');
    await expect(app.get(ImagesService).delete(STRANGER, image.id)).rejects.toMatchObject({ code: 'ImageNotFound' });
    expect(asked).toEqual([]);
    expect(await images.find(image.id)).toEqual(image);
  });

  it('is not taken to be so where the store is down, or not known here', async () => {
    const [image, other] = [await uploaded(), await uploaded()];
    answers('two', new StoreUnavailable('two', 'down'));
    await app.get(ImagesService).delete(CONTEXT, image.id);
    Object.assign(stores, { find: () => undefined });
    await app.get(ImagesService).delete(CONTEXT, other.id);
    for (const { id } of [image, other]) expect((await images.find(id))?.status).toBe('deleted');
  });
});
