import { CommandBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { AccessModule, openPolicy } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, type CommandContext } from '#event-store';
import { Stores, StoresModule } from '#stores';
import { FinishImport, RequestImport, StoreImported } from '../image/import-data.js';
import { imageDecider } from '../image/image.decider.js';
import { ImagesModule } from '../images.module.js';
import { ImagesService } from '../images.service.js';
import { MemoryImageList, memoryImageProjection } from '../read-model/image-list.memory.js';
import { ImageImporter } from './image-importer.js';
import type { ImportHelp, Transformed } from './import-help.js';

const CONTEXT: CommandContext = { actor: { user: 'u', project: 'p', roles: ['member', 'admin'], admin: true, service: null }, requestId: 'req-1' };
const by = { user: 'u', project: 'p', roles: ['member'], admin: false, requestId: 'req-1' };
const NEVER = new AbortController().signal;
const TEXT = 'what was downloaded';

async function* body(): AsyncGenerator<Buffer> {
  yield Buffer.from(TEXT);
}

async function site(help: Partial<ImportHelp> = {}, properties = -1) {
  const images = new MemoryImageList();
  const stores = new Stores([{ id: 'fast', type: 'memory' }, { id: 'cheap', type: 'memory' }], 'fast', { several: true });
  const app = await Test.createTestingModule({
    imports: [
      AccessModule.forRoot(openPolicy({ legacy: false })),
      EventStoreModule.forRoot({ site: 'here', store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), deciders: [imageDecider], projections: [memoryImageProjection(images)] }),
      StoresModule.forRoot(stores),
      ImagesModule.forRoot({
        site: 'here', quotas: { properties, tags: -1, locations: -1, members: -1 }, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', locationsSealed: false,
        formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'here/1/2', encryptLocation: (url) => url, decryptLocation: (url) => url,
      }, images),
    ],
  }).compile();
  await app.init();
  const told: string[] = [];
  const whole: ImportHelp = {
    open: async () => ({ body: body() }), transforms: false, transform: async () => ({}), progress: () => undefined, ended: async () => undefined,
    credentials: async () => {
      told.push('credentials');
      return {};
    },
    ...help,
  };
  const bus = app.get(CommandBus);
  const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
  const requested = (allStoresMustSucceed: boolean) =>
    bus.execute(new RequestImport(CONTEXT, id, { taskId: 't1', method: 'web-download', stores: ['fast', 'cheap'], allStoresMustSucceed, input: {}, source: 'http://a/', by }));
  const run = () => app.get(ImageImporter).run(CONTEXT, id, 't1', whole, NEVER);
  const image = async () => images.find(id);
  const held = async () => Promise.all(((await image())?.locations ?? []).map(async ({ store, url }) => `${store} ${await stores.byId(store).size(url)}`));
  /** The answer to the next command of that kind is lost, after it was done. */
  const loseAnswer = (kind: abstract new (...args: never[]) => unknown) => {
    const execute = bus.execute.bind(bus);
    bus.execute = (async (command: Parameters<typeof execute>[0]) => {
      const done = await execute(command);
      if (!(command instanceof kind)) return done;
      bus.execute = execute as typeof bus.execute;
      throw new Error('nobody knows what came of it');
    }) as typeof bus.execute;
  };
  return { requested, run, image, held, loseAnswer, told };
}

describe('an import', () => {
  it('keeps what it stored where nobody knows whether its end was written, and is quiet when it comes again', async () => {
    for (const [kind, mustAll] of [[FinishImport, true], [FinishImport, false], [StoreImported, false]] as const) {
      const { requested, run, image, held, loseAnswer } = await site();
      await requested(mustAll);
      loseAnswer(kind);
      await expect(run()).rejects.toThrow('nobody knows');
      await run();
      expect(await image()).toMatchObject({ status: 'active', openImport: null, imports: [{ outcome: 'success', failed: {} }] });
      expect((await held()).toSorted()).toEqual([`cheap ${TEXT.length}`, `fast ${TEXT.length}`]);
    }
  });

  it('asks for credentials only where a signature is claimed', async () => {
    const { requested, run, image, told } = await site();
    await requested(true);
    await run();
    expect([(await image())?.status, told]).toEqual(['active', []]);
  });

  it('fails where a plugin or a source brings more properties than an image may have, and leaves nothing', async () => {
    const transform = async (): Promise<Transformed> => ({ properties: { one: '1', two: '2' } });
    const { requested, run, image, held } = await site({ transforms: true, transform }, 1);
    await requested(true);
    await run();
    expect(await image()).toMatchObject({ status: 'queued', imports: [{ outcome: 'failure', reason: expect.stringContaining('properties') as string }] });
    expect(await held()).toEqual([]);
  });
});
