import { Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessModule, openPolicy } from '#access';
import {
  createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EVENT_STORE, EventStoreModule, seal, StreamReader, verify,
  type CommandContext, type EventStore, type MemoryWrite, type RecordedEvent,
} from '#event-store';
import {
  ChangeImage, DeleteImage, holderOfThisProcess, imageDecider, ImageDataService, imageOf, ImagesModule, ImagesService, MemoryImageList,
  memoryImageProjection, streamOf, type ImageState,
} from '#images';
import { Stores, StoresModule, type StoreSettings } from '#stores';
import { until } from './job-runner.contract.js';
import type { JobsOptions } from './open-job-runner.js';
import { WorkerModule } from './worker.module.js';
import { WorkerService } from './worker.service.js';

const CONTEXT: CommandContext = { actor: { user: 'u', project: 'p', roles: ['admin'], admin: true, service: null }, requestId: 'req-1' };
const NO_LIMITS = { properties: -1, tags: -1, locations: -1, members: -1 };
const JOBS: JobsOptions = { kind: 'in-process', retries: { attempts: 100, firstDelayMs: 20, maxDelayMs: 20 } };
const encrypted = (url: string) => Buffer.from(url).toString('base64');
const decrypted = (stored: string) => Buffer.from(stored, 'base64').toString();

/** What outlives a process. */
function place() {
  const root = mkdtempSync(join(tmpdir(), 'worker-'));
  const directories = { one: join(root, 'one'), two: join(root, 'two') };
  for (const path of Object.values(directories)) mkdirSync(path);
  const stores: StoreSettings[] = Object.entries(directories).map(([id, path]) => ({ id, type: 'file', options: { datadirs: [{ path, priority: 1 }] } }));
  stores.push({ id: 'web', type: 'http', options: {} });
  const images = new MemoryImageList();
  return { root, directories, images, stores: new Stores(stores, 'one'), store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints() };
}

async function start({ images, stores, store, claims, checkpoints }: ReturnType<typeof place>, working = true): Promise<TestingModule> {
  const app = await Test.createTestingModule({
    imports: [
      AccessModule.forRoot(openPolicy({ legacy: false })),
      EventStoreModule.forRoot({ site: 'here', store, claims, checkpoints, deciders: [imageDecider], projections: [memoryImageProjection(images)] }),
      StoresModule.forRoot(stores),
      ImagesModule.forRoot({
        site: 'here', quotas: NO_LIMITS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: holderOfThisProcess(), locationsSealed: false,
        encryptLocation: encrypted, decryptLocation: decrypted,
      }, images),
      ...(working ? [WorkerModule.forRoot({ jobs: JOBS })] : []),
    ],
  }).compile();
  return app.init();
}

describe('the worker', () => {
  let kept: ReturnType<typeof place>;
  let app: TestingModule;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => (kept = place()));
  afterEach(async () => {
    await app.get(WorkerService).stop(1_000);
    await app.close();
    rmSync(kept.root, { recursive: true });
  });

  const uploaded = async (): Promise<string> => {
    const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
    await app.get(ImageDataService).upload(CONTEXT, id, { source: chunks('some bytes') });
    return id;
  };
  const load = (id: string) => app.get(StreamReader).load<ImageState>(streamOf(id));
  const eventsOf = async (id: string): Promise<readonly RecordedEvent[]> => (await load(id)).events;
  const purges = async (id: string) => (await eventsOf(id)).filter(({ type }) => type === 'ImageDataPurged');

  /** The image's bytes in a second place too, as a copy or a given location leaves them. */
  const copied = async (id: string, store = 'two', url = `file://${kept.directories.two}/${id}`): Promise<void> => {
    const { state, revision, head, events: [creation], hlc } = await load(id);
    if (!creation) throw new Error('there is no image');
    const meta = { ...creation.meta, id: randomUUID(), creation: creation.meta.id, hlc: `${hlc?.slice(0, 12)}ffff` };
    const event = { type: 'ImageLocationAdded' as const, data: { locationId: 'copy', store, url: encrypted(url), metadata: {} } };
    const after = imageDecider.evolve(state, { ...event, meta });
    const inline = memoryImageProjection(kept.images).write({ stream: streamOf(id), before: state, after, revision: revision + 1, events: [] });
    await app.get<EventStore<MemoryWrite>>(EVENT_STORE).append(streamOf(id), head, [seal(event, meta)], inline);
  };

  it('CVE-2014-9684, CVE-2015-1881: removes a deleted image\'s bytes and says so by an event that names its cause', async () => {
    app = await start(kept);
    const id = await uploaded();
    expect(readdirSync(kept.directories.one)).toEqual([id]);
    await app.get(ImagesService).delete(CONTEXT, id);
    await until(async () => (await purges(id)).length === 1);
    expect(readdirSync(kept.directories.one)).toEqual([]);
    const events = await eventsOf(id);
    const deletion = events.find(({ type }) => type === 'ImageDeleted');
    const location = events.find(({ type }) => type === 'ImageLocationAdded')?.data as { locationId: string } | undefined;
    expect(events.at(-1)).toMatchObject({
      type: 'ImageDataPurged',
      data: { locationIds: [location?.locationId] },
      meta: { causationId: deletion?.meta.id, correlationId: 'req-1', requestId: null, actor: { user: null, service: 'afterimage-worker' } },
    });
    expect(await kept.images.openWork('purge', undefined, 10)).toEqual([]);
  });

  it('user-asks 10: removes the bytes of a deactivated image that its owner deletes, who sees no place of them, and history proves it', async () => {
    app = await start(kept);
    const owner: CommandContext = { actor: { user: 'o', project: 'p', roles: ['member', 'reader'], admin: false, service: null }, requestId: 'req-2' };
    const id = await uploaded();
    await app.get(ImagesService).setActivation(CONTEXT, id, 'deactivated');
    expect((await app.get(ImagesService).show(owner, id)).locations).toEqual([]);
    await app.get(ImagesService).delete(owner, id);
    await until(async () => (await purges(id)).length === 1);
    expect(readdirSync(kept.directories.one)).toEqual([]);
    expect((await eventsOf(id)).slice(-3).map(({ type, meta }) => [type, meta.actor.user])).toEqual([['ImageDeactivated', 'u'], ['ImageDeleted', 'o'], ['ImageDataPurged', null]]);
  });

  it('counts bytes that are gone already as removed', async () => {
    app = await start(kept);
    const id = await uploaded();
    rmSync(join(kept.directories.one, id));
    await app.get(ImagesService).delete(CONTEXT, id);
    await until(async () => (await purges(id)).length === 1);
  });

  it('writes nothing for an image that never had bytes', async () => {
    app = await start(kept);
    const { id } = await app.get(ImagesService).create(CONTEXT, {});
    await app.get(ImagesService).delete(CONTEXT, id);
    const other = await uploaded();
    await app.get(ImagesService).delete(CONTEXT, other);
    await until(async () => (await purges(other)).length === 1);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['ImageCreated', 'ImageDeleted']);
  });

  it('leaves the bytes of other images alone', async () => {
    app = await start(kept);
    const [stays, goes] = [await uploaded(), await uploaded()];
    await app.get(ImagesService).delete(CONTEXT, goes);
    await until(async () => (await purges(goes)).length === 1);
    expect(readdirSync(kept.directories.one)).toEqual([stays]);
  });

  it('removes what it can while a store fails, and the rest when the store is back', async () => {
    app = await start(kept);
    const id = await uploaded();
    await copied(id);
    const inTheWay = join(kept.directories.one, id);
    rmSync(inTheWay);
    mkdirSync(inTheWay);
    await app.get(ImagesService).delete(CONTEXT, id);
    await until(async () => (await purges(id)).length === 1);
    expect((await purges(id))[0]?.data).toEqual({ locationIds: ['copy'] });
    expect(existsSync(inTheWay)).toBe(true);
    rmdirSync(inTheWay);
    await until(async () => (await purges(id)).length === 2);
    expect(imageOf(id, (await load(id)).state)?.locations).toEqual([]);
  });

  it('is done with a location on a web server without a request to it', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    app = await start(kept);
    const id = await uploaded();
    await copied(id, 'web', `http://127.0.0.1:${port}/image`);
    await app.get(ImagesService).delete(CONTEXT, id);
    await until(async () => (await purges(id)).length === 2);
    expect((await purges(id))[1]?.data).toEqual({ locationIds: ['copy'] });
    expect(requests).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  const withdraw = async (id: string): Promise<void> => {
    const location = imageOf(id, (await load(id)).state)?.locations[0];
    const tools = { plainUrl: decrypted, newId: randomUUID, tellUrls: false, shown: <T>(places: readonly T[]) => places };
    await app.get(CommandBus).execute(new ChangeImage(CONTEXT, id, [{ kind: 'location', op: 'remove', id: location?.id ?? '' }], NO_LIMITS, tools));
  };

  it('removes the bytes at a removed location, and leaves the others', async () => {
    app = await start(kept);
    const id = await uploaded();
    await copied(id);
    writeFileSync(join(kept.directories.two, id), 'some bytes');
    await withdraw(id);
    await until(async () => (await purges(id)).length === 1);
    expect([readdirSync(kept.directories.one), readdirSync(kept.directories.two)]).toEqual([[], [id]]);
    expect(imageOf(id, (await load(id)).state)).toMatchObject({ status: 'active', locations: [{ id: 'copy' }], leftovers: [] });
  });

  it('takes up at its start a removal that nobody answered', async () => {
    const before = await start(kept, false);
    app = before;
    const id = await uploaded();
    await copied(id);
    await withdraw(id);
    await kept.checkpoints.write('delete-data-when-given-up', await kept.store.head());
    await before.close();
    app = await start(kept);
    await until(async () => (await purges(id)).length === 1);
    expect(readdirSync(kept.directories.one)).toEqual([]);
  });

  it('takes up at its start what was deleted while nobody worked, even where the reactor is past it', async () => {
    const before = await start(kept, false);
    app = before;
    const id = await uploaded();
    await before.get(CommandBus).execute(new DeleteImage(CONTEXT, id));
    await kept.checkpoints.write('delete-data-when-given-up', await kept.store.head());
    await before.close();
    expect(readdirSync(kept.directories.one)).toEqual([id]);
    app = await start(kept);
    await until(async () => (await purges(id)).length === 1);
    const [purge] = await purges(id);
    const deletion = (await kept.store.readStream(streamOf(id))).find(({ type }) => type === 'ImageDeleted');
    expect(purge?.meta.causationId).toBe(deletion && verify(deletion).id);
    expect(readdirSync(kept.directories.one)).toEqual([]);
  });
});

async function* chunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
