import { Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessModule, openPolicy } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, StreamReader, type Claims, type CommandContext } from '#event-store';
import { Stores, StoresModule, type StagingSettings } from '#stores';
import { DataPurge } from '../data-purge.js';
import { ImageDataService } from '../image-data.service.js';
import { SetActivation } from '../image/activation.js';
import { ChangeImage, type ImageChange } from '../image/change-image.js';
import { imageDecider } from '../image/image.decider.js';
import { streamOf, type Image } from '../image/image.js';
import { StartUpload } from '../image/upload-data.js';
import { ImagesModule } from '../images.module.js';
import { ImagesService } from '../images.service.js';
import { locationTools } from '../location-tools.js';
import { MemoryImageList, memoryImageProjection } from '../read-model/image-list.memory.js';
import type { Finding } from './finding.js';
import { Reconciler, type ReconcileOptions } from './reconciler.js';
import { StagingCleaner } from './staging-cleaner.js';

const CONTEXT: CommandContext = { actor: { user: 'u', project: 'p', roles: ['admin'], admin: true, service: null }, requestId: 'req-1' };
const NO_LIMITS = { properties: -1, tags: -1, locations: -1, members: -1 };
const GRACE = { graceMs: 60_000 };
const OPTIONS = {
  site: 'here', quotas: NO_LIMITS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'test/1/1',
  locationsSealed: false, encryptLocation: (url: string) => `sealed:${url}`, decryptLocation: (url: string) => url.slice('sealed:'.length),
};

async function* chunks(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

let root: string;
let images: MemoryImageList;
let claims: Claims;
let stores: Stores;
let app: TestingModule;

const folder = (name: string) => join(root, name);
const files = (name: string) => readdirSync(folder(name)).toSorted();
const fileStore = (id: string) => ({ id, type: 'file' as const, options: { datadirs: [{ path: folder(id), priority: 1 }] } });

async function start(staging: StagingSettings): Promise<void> {
  stores = new Stores([fileStore('one'), fileStore('two')], 'one', { staging });
  app = await Test.createTestingModule({
    imports: [
      AccessModule.forRoot(openPolicy({ legacy: false })),
      EventStoreModule.forRoot({ site: 'here', store: createMemoryEventStore(), claims, checkpoints: createMemoryCheckpoints(), deciders: [imageDecider], projections: [memoryImageProjection(images)] }),
      StoresModule.forRoot(stores),
      ImagesModule.forRoot(OPTIONS, images),
    ],
  }).compile();
  await app.init();
}

const OWN = (): StagingSettings => ({ store: fileStore('staging'), node: 'here', dir: folder('staging') });

beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'reconcile-'));
  for (const name of ['one', 'two', 'staging']) mkdirSync(folder(name));
  images = new MemoryImageList();
  claims = createMemoryClaims();
  await start(OWN());
});
afterEach(async () => {
  await app.close();
  rmSync(root, { recursive: true });
});

const create = async () => (await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' })).id;
const uploaded = async (): Promise<string> => {
  const id = await create();
  await app.get(ImageDataService).upload(CONTEXT, id, { source: chunks('some bytes') });
  return id;
};
const staged = async (): Promise<string> => {
  const id = await create();
  await app.get(ImageDataService).stage(CONTEXT, id, { source: chunks('staged bytes') });
  return id;
};
const find = async (id: string) => (await images.find(id)) as Image;
const change = (id: string, step: ImageChange) => app.get(CommandBus).execute(new ChangeImage(CONTEXT, id, [step], NO_LIMITS, locationTools(OPTIONS, stores)));
/** A second place, with the same bytes or others. */
const copied = async (id: string, text = 'some bytes') => {
  writeFileSync(join(folder('two'), id), text);
  await change(id, { kind: 'location', op: 'add', location: { store: 'two', url: `sealed:file://${join(folder('two'), id)}`, metadata: {}, size: 10 } });
};
const old = (path: string, content = 'x') => {
  writeFileSync(path, content);
  utimesSync(path, 0, 0);
};
const written = (id: string) => claims.acquire('upload', id, 'another/host/1#upload', 60_000);

async function reconcile(options: Partial<ReconcileOptions> = {}) {
  const found: Finding[] = [];
  const result = await app.get(Reconciler).run(CONTEXT, { found: (finding) => found.push(finding), ...options });
  return { result, found, told: found.map(({ kind, store, name, repaired }) => `${kind} ${store} ${name}${repaired ? ' repaired' : ''}`).toSorted() };
}

describe('user-asks 11: the reconciliation of stores with the registry', () => {
  it('finds nothing where all is well, with uploads, staged data, deleted images and data that waits to go', async () => {
    const [one, two, gone] = [await uploaded(), await uploaded(), await uploaded()];
    await copied(two);
    await staged();
    await app.get(ImagesService).delete(CONTEXT, gone);
    const { result, found } = await reconcile({ verify: true });
    expect(found).toEqual([]);
    expect(result).toMatchObject({ files: 5, images: 3, locations: 3, repaired: 0, left: 0 });
    expect((await find(one)).locations).toHaveLength(1);
  });

  it('CVE-2014-9684, CVE-2015-1881, CVE-2015-3289: finds bytes that no image refers to, and removes those that are old enough when told to', async () => {
    const kept = await uploaded();
    const queued = await create();
    const [nobodys, young] = [crypto.randomUUID(), crypto.randomUUID()];
    old(join(folder('one'), nobodys));
    old(join(folder('two'), queued));
    writeFileSync(join(folder('one'), young), 'x');
    old(join(folder('two'), `${queued}.${nobodys}.part`));
    const before = await reconcile();
    expect(before.told).toEqual([`orphan one ${nobodys}`, `orphan one ${young}`, `orphan two ${queued}`, `part two ${queued}.${nobodys}.part`].toSorted());
    expect(before.result).toMatchObject({ found: { orphan: 3, part: 1 }, left: 4 });
    const after = await reconcile({ repair: GRACE });
    expect(after.result).toMatchObject({ repaired: 3, left: 1 });
    expect(after.found.find(({ name }) => name === young)?.detail).toContain('too young');
    expect([files('one'), files('two')]).toEqual([[kept, young].toSorted(), []]);
  });

  it('user-asks 10: finds nothing left of a deactivated image that was deleted, whose last event says that its bytes are gone', async () => {
    const id = await uploaded();
    await app.get(CommandBus).execute(new SetActivation(CONTEXT, id, 'deactivated'));
    await app.get(ImagesService).delete(CONTEXT, id);
    expect((await reconcile()).told).toEqual([]);
    await app.get(DataPurge).run(CONTEXT, id, new AbortController().signal);
    expect((await app.get(StreamReader).load(streamOf(id))).events.map(({ type }) => type).slice(-3)).toEqual(['ImageDeactivated', 'ImageDeleted', 'ImageDataPurged']);
    expect(files('one')).toEqual([]);
    expect((await reconcile()).result).toMatchObject({ files: 0, images: 0, left: 0 });
  });

  it('lists what is not ours and never touches it', async () => {
    for (const name of ['notes.txt', '.hidden']) old(join(folder('one'), name));
    symlinkSync('/etc/hostname', join(folder('one'), crypto.randomUUID()));
    const { told, result } = await reconcile({ repair: GRACE });
    expect(told).toEqual(['unknown one .hidden', 'unknown one notes.txt']);
    expect(result).toMatchObject({ left: 0 });
    expect(files('one')).toHaveLength(3);
  });

  it('leaves all data of an image alone that somebody alive writes, or is to write', async () => {
    const [leased, started] = [await create(), await create()];
    await written(leased);
    await app.get(CommandBus).execute(new StartUpload(CONTEXT, started, { uploadId: 'u1', method: 'upload', store: 'one' }));
    for (const id of [leased, started]) old(join(folder('one'), id));
    old(join(folder('one'), `${leased}.u9.part`));
    expect((await reconcile({ repair: GRACE })).told).toEqual([]);
    expect(files('one')).toHaveLength(3);
  });

  it('leaves data alone that is written between the look and the removal', async () => {
    const id = await create();
    old(join(folder('one'), id));
    const acquire = claims.acquire.bind(claims);
    Object.assign(claims, { acquire: async (...asked: Parameters<typeof acquire>) => {
      await acquire('upload', id, 'another/host/1#upload', 60_000);
      return acquire(...asked);
    } });
    const { found } = await reconcile({ repair: GRACE });
    expect(found).toMatchObject([{ kind: 'orphan', repaired: false, detail: expect.stringContaining('in use meanwhile') }]);
    expect(files('one')).toEqual([id]);
  });

  it('finds data that is missing, cut or changed, the last one only when every byte is read', async () => {
    const [missing, cut, changed] = [await uploaded(), await uploaded(), await uploaded()];
    rmSync(join(folder('one'), missing));
    writeFileSync(join(folder('one'), cut), 'some');
    writeFileSync(join(folder('one'), changed), 'same bytes');
    const kinds = async (verify: boolean) => Object.fromEntries((await reconcile({ verify })).found.map(({ image, kind }) => [image, kind]));
    expect(await kinds(false)).toEqual({ [missing]: 'missing', [cut]: 'wrong-size' });
    expect(await kinds(true)).toEqual({ [missing]: 'missing', [cut]: 'wrong-size', [changed]: 'wrong-hash' });
  });

  it('user-asks 40: names the MD5 as well as the hash of data that has changed', async () => {
    const id = await uploaded();
    writeFileSync(join(folder('one'), id), 'same bytes');
    const { found } = await reconcile({ verify: true });
    const { checksum, osHashValue } = await find(id);
    expect(found[0]?.detail).toContain(`not ${osHashValue}; md5 is`);
    expect(found[0]?.detail).toContain(`not ${checksum}`);
  });

  it('has an image give up a bad place by an event when it has a good one, and its bytes go by the usual job', async () => {
    const id = await uploaded();
    await copied(id);
    writeFileSync(join(folder('one'), id), 'same bytes');
    expect((await reconcile({ repair: GRACE })).told).toEqual([]);
    expect((await reconcile({ verify: true, repair: GRACE })).found).toMatchObject([{ kind: 'wrong-hash', repaired: true }]);
    expect(await find(id)).toMatchObject({ status: 'active', locations: [{ store: 'two' }], leftovers: [{ store: 'one' }] });
    await app.get(DataPurge).run(CONTEXT, id, new AbortController().signal);
    expect([files('one'), files('two')]).toEqual([[], [id]]);
    expect((await reconcile({ verify: true })).result.left).toBe(0);
  });

  it('only reports a bad place where the image has no other, or the other is bad too', async () => {
    const [alone, twice] = [await uploaded(), await uploaded()];
    await copied(twice, 'other byte');
    for (const id of [alone, twice]) rmSync(join(folder('one'), id));
    const { found, result } = await reconcile({ repair: GRACE });
    expect(found.map(({ kind, detail }) => [kind, detail.includes('no other good copy')])).toEqual([['missing', true], ['missing', true]]);
    expect(result.left).toBe(2);
    expect([(await find(alone)).locations, (await find(twice)).locations].map(({ length }) => length)).toEqual([1, 2]);
  });

  it('looks at the stores that are named, and knows which there are', async () => {
    for (const store of ['one', 'two']) old(join(folder(store), crypto.randomUUID()));
    expect((await reconcile({ stores: ['two'] })).found.map(({ store }) => store)).toEqual(['two']);
    await expect(reconcile({ stores: ['three'] })).rejects.toMatchObject({ code: 'UnknownStore' });
  });

  it('goes on with the other stores where one cannot be read', async () => {
    const id = await uploaded();
    old(join(folder('two'), crypto.randomUUID()));
    rmSync(folder('one'), { recursive: true });
    const { found } = await reconcile({ repair: GRACE });
    expect(found.map(({ kind, store }) => `${kind} ${store}`).toSorted()).toEqual(['missing one', 'orphan two', 'unreadable one']);
    expect((await find(id)).locations).toHaveLength(1);
  });

  it('goes on after an image where an earlier run ended', async () => {
    const ids = [await uploaded(), await uploaded(), await uploaded()].toSorted();
    expect((await reconcile({ after: ids[0] })).result.images).toBe(2);
  });
});

describe('The cleaning of the staging area', () => {
  const clean = () => app.get(StagingCleaner).run(new AbortController().signal);

  it.each([
    ['a folder of the node', OWN, 'staging', ''],
    ['a store that keeps images too', () => ({ store: 'two', node: 'here', dir: folder('staging') }), 'two', 'staged-'],
  ])('removes what no image waits for from %s, and nothing else', async (_what, staging, where, prefix) => {
    await app.close();
    await start(staging());
    const [waiting, queued, image] = [await staged(), await create(), await uploaded()];
    const [unknown, running] = [crypto.randomUUID(), await create()];
    await written(running);
    const put = (name: string) => old(join(folder(where), `${prefix}${name}`));
    for (const name of [queued, unknown, running, image, `${queued}.u1.part`, `${running}.u2.part`]) put(name);
    for (const id of [queued, running]) old(join(folder('staging'), `${id}.u3-work.part`));
    old(join(folder(where), 'notes.txt'));
    expect(await clean()).toEqual({ files: 3, parts: 2 });
    expect(files(where)).toEqual(expect.arrayContaining([`${prefix}${waiting}`, `${prefix}${running}`, `${prefix}${running}.u2.part`, 'notes.txt']));
    expect(existsSync(join(folder('staging'), `${running}.u3-work.part`))).toBe(true);
    expect(existsSync(join(folder('staging'), `${queued}.u3-work.part`))).toBe(false);
    expect(files('one')).toEqual([image]);
    expect(await clean()).toEqual({ files: 0, parts: 0 });
    expect((await reconcile({ repair: GRACE })).result.left).toBe(0);
  });

  it('removes what a deleted image left there', async () => {
    const id = await staged();
    await app.get(ImagesService).delete(CONTEXT, id);
    expect(await clean()).toEqual({ files: 1, parts: 0 });
    expect(files('staging')).toEqual([]);
  });

  it('has nothing to do where nothing was ever staged', async () => {
    rmSync(folder('staging'), { recursive: true });
    expect(await clean()).toEqual({ files: 0, parts: 0 });
  });
});
