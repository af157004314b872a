import { Test, type TestingModule } from '@nestjs/testing';
import { CommandBus } from '@nestjs/cqrs';
import { AccessModule, openPolicy, type Policy, type PolicyRule, type Principal } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, StreamReader, type CommandContext } from '#event-store';
import { Stores, StoresModule, UriFilter } from '#stores';
import { NO_QUOTAS } from '../image/image.fixture.js';
import { imageDecider } from '../image/image.decider.js';
import { DeleteImage } from '../image/delete-image.js';
import { ImagesModule } from '../images.module.js';
import { IMAGE_LIST } from '../images.options.js';
import { ImagesService } from '../images.service.js';
import type { ImageList } from '../read-model/image-list.js';
import { MemoryImageList, memoryImageProjection } from '../read-model/image-list.memory.js';
import { IMPORT_PROGRESS, type ImportProgress } from './import-progress.js';
import { TaskRequests } from './request-task.js';
import { RunTask, type OpenUri } from './run-task.js';
import { FailTask, StartTask, SucceedTask, taskDecider } from './task.decider.js';
import { memoryImageTasksProjection, MemoryTaskList, memoryTaskProjection } from './task-list.memory.js';
import { DEFAULT_TASKS_OPTIONS, memoryTaskParts } from './task-parts.js';
import { taskStreamOf, type TaskState } from './task.js';
import { TasksService } from './tasks.service.js';

const caller = (project: string | null, more: Partial<Principal> = {}): CommandContext =>
  ({ actor: { user: 'u', project, roles: ['member', 'reader'], admin: false, service: null, ...more }, requestId: 'req-1' });
const ADMIN = caller('p0', { admin: true, roles: ['admin', 'member', 'reader'] });
const WORKER = caller(null, { admin: true, service: 'worker' });
const QUERY = { filters: {}, sort: { key: 'created_at', direction: 'asc' }, limit: 10 } as const;
const INPUT = { import_from: 'http://93.184.216.34/a?signature=s3cret', import_from_format: 'raw', image_properties: {} };
const IMAGE = { name: 'x', diskFormat: 'raw', containerFormat: 'bare', properties: {} };

const bytes: OpenUri = async () => ({ size: 3, body: (async function* () { yield Buffer.from('abc'); })() });
const never = new AbortController().signal;

/** The default rules, but these for everybody or nobody. */
function policyWith(rules: Partial<Record<PolicyRule, boolean>>): Policy {
  const policy = openPolicy({ legacy: false });
  return { legacy: false, defines: (rule) => policy.defines(rule), allows: (rule, who, target) => rules[rule as PolicyRule] ?? policy.allows(rule, who, target) };
}

async function open({ policy = policyWith({}), timeToLive = 48, sealed = false } = {}): Promise<TestingModule> {
  const [images, list] = [new MemoryImageList(), new MemoryTaskList()];
  const kept = { store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints() };
  const app = await Test.createTestingModule({
    imports: [
      AccessModule.forRoot(policy),
      EventStoreModule.forRoot({
        site: 'here', ...kept, deciders: [imageDecider, taskDecider], projections: [memoryImageProjection(images), memoryTaskProjection(list), memoryImageTasksProjection(list)],
      }),
      StoresModule.forRoot(new Stores([{ id: 'memory', type: 'memory' }], 'memory', { uriFilter: new UriFilter() })),
      ImagesModule.forRoot({
        site: 'here', quotas: NO_QUOTAS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'h',
        locationsSealed: sealed, encryptLocation: (url) => Buffer.from(url).toString('base64'), decryptLocation: (stored) => Buffer.from(stored, 'base64').toString(),
      }, images, undefined, undefined, memoryTaskParts(list, { ...DEFAULT_TASKS_OPTIONS, timeToLive })),
    ],
  }).compile();
  return app.init();
}

describe('tasks', () => {
  let app: TestingModule;
  afterEach(() => app.close());
  const ask = (context = ADMIN, input: Record<string, unknown> = INPUT, image: object = IMAGE) => app.get(TaskRequests).request(context, { input, image });
  const service = () => app.get(TasksService);
  const run = (id: string, from = bytes, signal = never) => app.get(RunTask).run(WORKER, id, from, signal);
  const images = () => app.get<ImageList>(IMAGE_LIST);
  const task = (id: string) => service().show(ADMIN, id);
  const imageIdOf = async (id: string) => (await app.get(StreamReader).load<TaskState>(taskStreamOf(id))).state.requested?.value.imageId ?? '';

  it('are of their projects, where a rule lets others than admins use them', async () => {
    app = await open({ policy: policyWith({ tasks_api_access: true }) });
    const [mine, theirs] = [await ask(caller('p1')), await ask(caller('p2'))];
    expect((await service().list(caller('p1'), QUERY)).tasks.map(({ id }) => id)).toEqual([mine.id]);
    expect((await service().list(ADMIN, QUERY)).tasks.map(({ id }) => id)).toEqual([mine.id, theirs.id]);
    await expect(service().show(caller('p1'), theirs.id)).rejects.toMatchObject({ code: 'TaskNotFound' });
    await expect(ask(caller('p1', { readOnly: true }))).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it.each(['get_tasks', 'get_task', 'add_task'] as const)('are guarded by the rule %s too', async (rule) => {
    app = await open({ policy: policyWith({ [rule]: false }) });
    expect(() => service().permit(ADMIN.actor, rule)).toThrow(rule);
  });

  it('are shown for their time after their end and no longer', async () => {
    app = await open({ timeToLive: 0 });
    const { id } = await ask();
    expect(await task(id)).toMatchObject({ status: 'pending', expiresAt: null });
    await app.get(CommandBus).execute(new FailTask(WORKER, id, 'gone'));
    await expect(task(id)).rejects.toMatchObject({ code: 'TaskNotFound' });
    expect((await service().list(ADMIN, QUERY)).tasks).toEqual([]);
  });

  it('tell while they run how much was copied, and what part that is where the size is known', async () => {
    app = await open();
    const { id } = await ask();
    expect(await task(id)).toMatchObject({ message: null, progress: 0 });
    await app.get(CommandBus).execute(new StartTask(WORKER, id));
    const progress = app.get<ImportProgress>(IMPORT_PROGRESS);
    await progress.set(id, 'a', 3 * 1024 * 1024, 4 * 1024 * 1024);
    expect(await task(id)).toMatchObject({ message: 'Copied 3 MiB', progress: 75 });
    await progress.set(id, 'b', 1024 * 1024);
    expect(await task(id)).toMatchObject({ message: 'Copied 4 MiB' });
    expect(await task(id)).not.toHaveProperty('progress');
    await app.get(CommandBus).execute(new SucceedTask(WORKER, id, {}));
    expect(await task(id)).toMatchObject({ message: null, progress: 100 });
  });

  it('hide what a URL has of secrets where a key hides URLs, and keep it for the job', async () => {
    app = await open({ sealed: true });
    const { id } = await ask(ADMIN, { ...INPUT, import_from: 'http://u:s3cret@93.184.216.34/a?signature=s3cret' });
    expect(JSON.stringify(await task(id))).not.toContain('s3cret');
    let asked = '';
    await run(id, (uri, purpose, signal) => bytes((asked = uri), purpose, signal));
    expect(asked).toBe('http://u:s3cret@93.184.216.34/a?signature=s3cret');
    expect(await task(id)).toMatchObject({ status: 'success' });
  });

  it('never take a password where nothing hides it', async () => {
    app = await open();
    await expect(ask(ADMIN, { ...INPUT, import_from: 'http://u:s3cret@93.184.216.34/a' })).rejects.toMatchObject({ code: 'InvalidLocation' });
  });

  it('are run once, however often their job comes', async () => {
    app = await open();
    const { id } = await ask();
    await Promise.allSettled([run(id), run(id)]);
    await run(id);
    expect(await task(id)).toMatchObject({ message: null, status: 'success', result: { image_id: await imageIdOf(id) } });
    expect(await images().find(await imageIdOf(id))).toMatchObject({ status: 'active', size: 3, owner: 'p0' });
  });

  it('go on with the image that a killed process had made', async () => {
    app = await open();
    const { id } = await ask();
    const stop = new AbortController();
    const stopped = run(id, async () => { stop.abort(new Error('stopping')); throw new Error('cut'); }, stop.signal);
    await expect(stopped).rejects.toThrow('stopping');
    expect(await images().find(await imageIdOf(id))).toMatchObject({ status: 'queued' });
    await run(id);
    expect(await task(id)).toMatchObject({ status: 'success' });
  });

  it('fail for an id that another image has, and leave that alone', async () => {
    app = await open();
    const other = await app.get(ImagesService).create(ADMIN, { name: 'other' });
    const { id } = await ask(ADMIN, INPUT, { ...IMAGE, id: other.id });
    await run(id);
    expect(await task(id)).toMatchObject({ status: 'failure', message: expect.stringContaining(other.id) as string });
    expect(await images().find(other.id)).toMatchObject({ name: 'other', status: 'queued', deletedAt: null });
  });

  it('CVE-2014-9684, CVE-2015-3289: fail with the reason after a kill between the end of the image and their own', async () => {
    app = await open();
    const { id } = await ask();
    const stop = new AbortController();
    const broken: OpenUri = async () => ({ body: (async function* () { yield Buffer.from('a'); throw new Error('the data ended early'); })() });
    await app.get(CommandBus).execute(new StartTask(WORKER, id));
    await run(id, async (uri, purpose, signal) => { stop.abort(new Error('stopping')); return broken(uri, purpose, signal); }, stop.signal).catch(() => undefined);
    await app.get(CommandBus).execute(new DeleteImage(WORKER, await imageIdOf(id)));
    await run(id);
    expect(await task(id)).toMatchObject({ status: 'failure', message: 'the data ended early' });
  });
});
