import { Test, type TestingModule } from '@nestjs/testing';
import { CommandBus } from '@nestjs/cqrs';
import { AccessModule, openPolicy } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, StreamReader, type CommandContext } from '#event-store';
import {
  FailImport, FailTask, IMAGE_LIST, imageDecider, ImagesModule, ImagesService, ImportLocation, memoryImageProjection, MemoryImageList, memoryImageTasksProjection, MemoryTaskList,
  memoryTaskParts, memoryTaskProjection, streamOf, TASK_LIST, taskDecider, TaskRequests, taskStreamOf, type ImageList,
} from '#images';
import { Stores, StoresModule } from '#stores';
import type { Job } from '../job-runner.js';
import { HashLocationWhenAdded } from '../reactors/hash-location-when-added.reactor.js';
import { RunTaskWhenRequested } from '../reactors/run-task-when-requested.reactor.js';
import { HashOpenWork } from './hash.open-work.js';
import { TaskOpenWork } from './task.open-work.js';

const CONTEXT: CommandContext = { actor: { user: 'u', project: 'p', roles: ['admin'], admin: true, service: null }, requestId: 'req-1' };
const NO_LIMITS = { properties: -1, tags: -1, locations: -1, members: -1 };

async function open(): Promise<TestingModule> {
  const [images, list] = [new MemoryImageList(), new MemoryTaskList()];
  const kept = { store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints() };
  const app = await Test.createTestingModule({
    imports: [
      AccessModule.forRoot(openPolicy({ legacy: false })),
      EventStoreModule.forRoot({
        site: 'here', ...kept, deciders: [imageDecider, taskDecider], projections: [memoryImageProjection(images), memoryTaskProjection(list), memoryImageTasksProjection(list)],
      }),
      StoresModule.forRoot(new Stores([{ id: 'memory', type: 'memory' }], 'memory')),
      ImagesModule.forRoot({
        site: 'here', quotas: NO_LIMITS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'h',
        locationsSealed: false, encryptLocation: (url) => url, decryptLocation: (stored) => stored,
      }, images, undefined, undefined, memoryTaskParts(list)),
    ],
  }).compile();
  return app.init();
}

describe('open work', () => {
  let app: TestingModule;
  let added: Job[];
  const jobs = { add: async (job: Job) => void added.push(job) };
  beforeEach(async () => {
    app = await open();
    added = [];
  });
  afterEach(() => app.close());

  /** What the reactor makes of the stream's events. */
  const reacted = async (stream: string, reactor: { readonly types: readonly string[]; react(event: never): Promise<void> }) => {
    for (const event of (await app.get(StreamReader).load(stream)).events) if (reactor.types.includes(event.type)) await reactor.react(event as never);
    return added;
  };

  it('has the job of a task that nobody has ended, the same that its reactor adds', async () => {
    const input = { import_from: 'http://93.184.216.34/a', import_from_format: 'raw', image_properties: {} };
    const { id } = await app.get(TaskRequests).request(CONTEXT, { input, image: {} });
    const work = new TaskOpenWork(app.get(StreamReader), app.get(TASK_LIST));
    expect(await work.find(undefined, 10)).toEqual([id]);
    expect(await work.jobsFor(id)).toEqual(await reacted(taskStreamOf(id), new RunTaskWhenRequested(jobs as never)));
    expect(added).toEqual([expect.objectContaining({ name: 'run-task', data: expect.objectContaining({ taskId: id }) as object })]);
    await app.get(CommandBus).execute(new FailTask(CONTEXT, id, 'gone'));
    expect(await work.find(undefined, 10)).toEqual([]);
  });

  it('has the job of an added place that nobody has hashed, the same that its reactor adds', async () => {
    const { id } = await app.get(ImagesService).create(CONTEXT, { diskFormat: 'raw', containerFormat: 'bare' });
    const by = { user: null, project: null, roles: [], admin: true, requestId: null };
    const location = { store: 'web', url: 'http://a', metadata: {}, size: 9 };
    const tools = { plainUrl: (url: string) => url, newId: () => 'l1', tellUrls: false, shown: <T>(places: readonly T[]) => places };
    await app.get(CommandBus).execute(new ImportLocation(CONTEXT, id, { taskId: 't1', location, hashing: 'after', input: {}, by }, NO_LIMITS, tools));
    const images = app.get<ImageList>(IMAGE_LIST);
    expect(await images.openWork('hash', undefined, 10)).toEqual([id]);
    expect(await images.openWork('import', undefined, 10)).toEqual([]);
    expect(await new HashOpenWork(app.get(StreamReader)).jobsFor(id)).toEqual(await reacted(streamOf(id), new HashLocationWhenAdded(jobs as never)));
    expect(added).toEqual([expect.objectContaining({ name: 'hash-location', data: expect.objectContaining({ imageId: id, taskId: 't1' }) as object })]);
    await app.get(CommandBus).execute(new FailImport(CONTEXT, id, { taskId: 't1', reason: 'x', perStore: {} }));
    expect(await images.openWork('hash', undefined, 10)).toEqual([]);
    expect(await new HashOpenWork(app.get(StreamReader)).jobsFor(id)).toEqual([]);
  });
});
