import { Test } from '@nestjs/testing';
import { CommandBus } from '@nestjs/cqrs';
import { AccessModule, openPolicy } from '#access';
import { CLAIMS, createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, HybridClock, type Claims, type CommandContext } from '#event-store';
import { Stores, StoresModule } from '#stores';
import { RequestImport } from '../image/import-data.js';
import { imageDecider } from '../image/image.decider.js';
import { ImagesModule } from '../images.module.js';
import { ImagesService } from '../images.service.js';
import { MemoryImageList, memoryImageProjection } from '../read-model/image-list.memory.js';
import { holderOfThisProcess } from '../leases.js';
import { LostImports } from './lost-imports.js';

const CONTEXT: CommandContext = { actor: { user: 'u', project: 'p', roles: ['member', 'admin'], admin: true, service: null }, requestId: 'req-1' };
const by = { user: 'u', project: 'p', roles: ['member'], admin: false, requestId: 'req-1' };

describe('an import that only one node can do', () => {
  async function site(agoMs: number, node?: string) {
    const images = new MemoryImageList();
    const app = await Test.createTestingModule({
      imports: [
        AccessModule.forRoot(openPolicy({ legacy: false })),
        EventStoreModule.forRoot({
          site: 'here', store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), deciders: [imageDecider],
          projections: [memoryImageProjection(images)], clock: new HybridClock(() => Date.now() - agoMs),
        }),
        StoresModule.forRoot(new Stores([{ id: 'main', type: 'memory' }], 'main')),
        ImagesModule.forRoot({
          site: 'here', quotas: { properties: -1, tags: -1, locations: -1, members: -1 }, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', locationsSealed: false,
          formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: holderOfThisProcess(), encryptLocation: (url) => url, decryptLocation: (url) => url,
        }, images),
      ],
    }).compile();
    await app.init();
    const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
    const request = { taskId: 't1', method: 'glance-download', stores: ['main'], allStoresMustSucceed: true, input: {}, by, ...(node === undefined ? {} : { node }) } as const;
    await app.get(CommandBus).execute(new RequestImport(CONTEXT, id, request));
    const lost = app.get(LostImports);
    const run = () => lost.run(CONTEXT, new AbortController().signal);
    return { lost, run, claims: app.get<Claims>(CLAIMS), id, image: () => images.find(id) };
  }

  it('user-asks 1: is ended with the reason once that node has been gone for a minute', async () => {
    const { run, image } = await site(61_000, 'gone-1');
    expect(await run()).toBe(1);
    expect(await image()).toMatchObject({ status: 'queued', openImport: null, imports: [{ outcome: 'failure', reason: expect.stringContaining('gone-1') as string }] });
    expect(await run()).toBe(0);
  });

  it('waits while the node lives, is only just asked for, is done by somebody, or can be done by anybody', async () => {
    const alive = await site(61_000, 'alive-1');
    await alive.lost.alive(['other', 'alive-1']);
    const young = await site(1_000, 'gone-1');
    const taken = await site(61_000, 'gone-1');
    await taken.claims.acquire('upload', taken.id, 'another host/1/2#t1', 30_000);
    const anybody = await site(61_000);
    for (const { run, image } of [alive, young, taken, anybody]) {
      expect(await run()).toBe(0);
      expect((await image())?.status).toBe('importing');
    }
  });
});
