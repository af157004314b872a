import { fileURLToPath } from 'node:url';
import { givenFor, openHistory } from '#event-store';
import { CONTEXT } from '../image/image.fixture.js';
import { FailTask, RequestTask, StartTask, SucceedTask, taskDecider } from './task.decider.js';
import type { TaskEvent, TaskRequested } from './task.events.js';
import { taskOf, taskStreamOf } from './task.js';

const ID = '7b4e9d52-0c1f-4a53-9c37-1f2a3b4c5d6e';
const given = givenFor(taskDecider);
const data: TaskRequested['data'] = { type: 'import', owner: 'p1', user: 'u', requestId: 'req-1', input: {}, source: 'http://a', imageId: ID, image: {} };
const requested: TaskEvent = { type: 'TaskRequested', data };
const started: TaskEvent = { type: 'TaskStarted', data: {} };
const succeeded: TaskEvent = { type: 'TaskSucceeded', data: { result: { image_id: ID } } };
const failed: TaskEvent = { type: 'TaskFailed', data: { reason: 'gone' } };

describe('A task', () => {
  it('is requested, started and ended, each once', () => {
    given().when(new RequestTask(CONTEXT, ID, data)).decides(requested);
    given(requested).when(new RequestTask(CONTEXT, ID, data)).decides();
    given(requested).when(new StartTask(CONTEXT, ID)).decides(started);
    given(requested, started).when(new StartTask(CONTEXT, ID)).decides();
    given(requested, started).when(new SucceedTask(CONTEXT, ID, { image_id: ID })).decides(succeeded);
    given(requested).when(new FailTask(CONTEXT, ID, 'gone')).decides(failed);
  });

  it('that has ended stays as it is', () => {
    for (const end of [succeeded, failed]) {
      for (const command of [new StartTask(CONTEXT, ID), new FailTask(CONTEXT, ID, 'late'), new SucceedTask(CONTEXT, ID, {})]) given(requested, end).when(command).decides();
    }
  });

  it('that nobody asked for cannot go on', () => {
    given().when(new StartTask(CONTEXT, ID)).refuses('TaskNotFound');
    expect(taskOf(ID, given(failed).state())).toBeUndefined();
  });

  it('has one stream, however its id is spelled', () => {
    expect(new StartTask(CONTEXT, ID.toUpperCase()).stream).toBe(taskStreamOf(ID));
  });

  it('is read from the sample of every event that was ever written', () => {
    const samples = openHistory(fileURLToPath(new URL('./history/', import.meta.url)), taskDecider);
    expect(samples.map(({ name }) => name)).toEqual(['TaskFailed.v1', 'TaskRequested.v1', 'TaskStarted.v1', 'TaskSucceeded.v1']);
    const [fails, asks, starts, succeeds] = samples.map(({ event: { type, data: sample } }) => ({ type, data: sample }) as TaskEvent);
    const task = (...events: readonly (TaskEvent | undefined)[]) => taskOf(ID, given(...events.flatMap((event) => event ?? [])).state());
    expect(task(asks, starts)).toMatchObject({ status: 'processing', owner: '5ef70662f8b34079a6eddb8da9d75fe8', input: { import_from: 'https://***@example.org/debian.qcow2' } });
    expect(task(asks, starts, succeeds)).toMatchObject({ status: 'success', result: { image_id: ID } });
    expect(task(asks, fails)).toMatchObject({ status: 'failure', message: 'The web server at example.org did not answer.' });
  });
});
