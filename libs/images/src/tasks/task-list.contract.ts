import type { FoldEvent, StateChange } from '#event-store';
import { EPOCH, eventId, fold, hlcAt, history, importRequested, created } from '../image/image.fixture.js';
import type { ImageEvent } from '../image/image.events.js';
import { streamOf } from '../image/image.js';
import { NO_IMAGE, type ImageState } from '../image/image.state.js';
import { MarkerNotFound } from '../read-model/image-list.errors.js';
import type { ImportProgress } from './import-progress.js';
import { evolveTask } from './task.decider.js';
import type { TaskEvent, TaskRequested } from './task.events.js';
import { TASK_SORT_KEYS, type TaskList, type TaskQuery } from './task-list.js';
import { taskStreamOf, type Task, type TaskState } from './task.js';

export interface TaskListDriver {
  readonly list: TaskList;
  readonly progress: ImportProgress;
  /** Both write as the inline projections do. */
  project(change: StateChange<TaskState>): Promise<void>;
  projectImage(change: StateChange<ImageState>): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

const id = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const ADMIN = { admin: true, project: null };

const requested = (data: Partial<TaskRequested['data']> = {}): TaskRequested => ({
  type: 'TaskRequested',
  data: { type: 'import', owner: 'p1', user: 'u1', requestId: 'req-1', input: { import_from: 'http://a', n: [1, null, 'ü'] }, source: 'sealed', imageId: id(99), image: {}, ...data },
});
const started: TaskEvent = { type: 'TaskStarted', data: {} };
const succeeded: TaskEvent = { type: 'TaskSucceeded', data: { result: { image_id: id(99) } } };
const failed: TaskEvent = { type: 'TaskFailed', data: { reason: 'gone' } };

const placed = (events: readonly TaskEvent[], from: number): FoldEvent<TaskEvent>[] => events.map(({ type, data }, n) => ({
  type, data, meta: { id: eventId(n), hlc: hlcAt(from + n), site: 'here', at: new Date(from + n * 1000).toISOString(), creation: null },
}));
const folded = (events: readonly FoldEvent<TaskEvent>[]): TaskState => events.reduce(evolveTask, {});

const IMPORT_TASK = id(7);
const LIFE: readonly ImageEvent[] = [
  created(), importRequested({ taskId: IMPORT_TASK }), { type: 'ImageImportStarted', data: { taskId: IMPORT_TASK } },
  { type: 'ImageImportFailed', data: { taskId: IMPORT_TASK, reason: 'The web server answered 404.', perStore: { cheap: 'never tried' } } },
];

/** What every driver of the list of tasks does. */
export function taskListContract(name: string, open: () => Promise<TaskListDriver>): void {
  describe(`task list (${name})`, () => {
    let driver: TaskListDriver;
    beforeAll(async () => (driver = await open()));
    beforeEach(() => driver.clear());
    afterAll(() => driver.close());

    const changeOf = (n: number, events: readonly TaskEvent[], from = 0, at = EPOCH + n * 60_000): StateChange<TaskState> => {
      const all = placed(events, at);
      return { stream: taskStreamOf(id(n)), before: folded(all.slice(0, from)), after: folded(all), revision: events.length - 1, events: [] };
    };
    const given = (n: number, ...events: TaskEvent[]) => driver.project(changeOf(n, events));
    const query = (asked: Partial<TaskQuery> = {}): TaskQuery =>
      ({ viewer: ADMIN, filters: {}, sort: { key: 'created_at', direction: 'desc' }, limit: 100, endedAfter: new Date(EPOCH).toISOString(), ...asked });
    const ids = async (asked: Partial<TaskQuery> = {}) => (await driver.list.list(query(asked))).map((task) => Number.parseInt(task.id.slice(-4), 16));
    const imageChange = (events: readonly ImageEvent[], from: number, stream = streamOf(id(1))): StateChange<ImageState> => {
      const all = history(events);
      return { stream, before: from === 0 ? NO_IMAGE : fold(all.slice(0, from)), after: fold(all), revision: events.length - 1, events: [] };
    };

    it('gives a task whole, at each step of its life', async () => {
      await given(1, requested());
      const asked = { id: id(1), type: 'import', owner: 'p1', user: 'u1', requestId: 'req-1', imageId: null, input: { import_from: 'http://a', n: [1, null, 'ü'] }, stores: [] };
      const at = (second: number) => new Date(EPOCH + 60_000 + second * 1000).toISOString();
      expect(await driver.list.find(id(1))).toEqual({ ...asked, status: 'pending', createdAt: at(0), updatedAt: at(0), endedAt: null, result: null, message: null });
      await driver.project(changeOf(1, [requested(), started], 1));
      expect(await driver.list.find(id(1).toUpperCase())).toMatchObject({ status: 'processing', updatedAt: at(1), endedAt: null });
      await driver.project(changeOf(1, [requested(), started, succeeded], 2));
      expect(await driver.list.find(id(1))).toEqual({ ...asked, status: 'success', createdAt: at(0), updatedAt: at(2), endedAt: at(2), result: { image_id: id(99) }, message: null });
      await given(2, requested(), failed);
      expect(await driver.list.find(id(2))).toMatchObject({ status: 'failure', result: null, message: 'gone' });
      await given(0xabc, requested());
      expect((await driver.list.find(id(0xabc).toUpperCase()))?.id).toBe(id(0xabc));
    });

    it.each([id(9), 'x', '', id(1).replaceAll('-', '')])('finds nothing as %p', async (asked) => {
      await given(1, requested());
      expect(await driver.list.find(asked)).toBeUndefined();
    });

    it('keeps the later of two states, however often and in whatever order they come', async () => {
      const changes = [changeOf(1, [requested()]), changeOf(1, [requested(), started], 1), changeOf(1, [requested(), started, failed], 2)];
      for (const change of [...changes, ...changes.toReversed()]) await driver.project(change);
      expect(await driver.list.find(id(1))).toMatchObject({ status: 'failure', message: 'gone' });
    });

    it('has the imports of images as tasks, written anew from zero just as step by step', async () => {
      for (let step = 1; step <= LIFE.length; step++) await driver.projectImage(imageChange(LIFE.slice(0, step), step - 1));
      const task = await driver.list.find(IMPORT_TASK);
      expect(task).toMatchObject({
        type: 'api_image_import', status: 'failure', owner: 'p1', user: 'user-1', requestId: 'req-1', imageId: id(1), result: null,
        input: { image_id: id(1), import_req: { method: { name: 'web-download' } }, backend: ['main'] },
        message: 'The web server answered 404. cheap: never tried',
      } satisfies Partial<Record<keyof Task, unknown>>);
      await driver.clear();
      await driver.projectImage(imageChange(LIFE, 0));
      expect(await driver.list.find(IMPORT_TASK)).toEqual(task);
    });

    it('lists the tasks of an image, the oldest first, and of no other', async () => {
      const second = id(8);
      const image = id(0xabc);
      await driver.projectImage(imageChange([...LIFE, importRequested({ taskId: second, method: 'location-import', input: { loc_url: 'http://a' } })], 0, streamOf(image)));
      await driver.projectImage(imageChange([created(), importRequested({ taskId: id(3) })], 0, streamOf(id(2))));
      await given(4, requested());
      expect((await driver.list.ofImage(image.toUpperCase())).map((task) => [task.id, task.type, task.status])).toEqual([
        [IMPORT_TASK, 'api_image_import', 'failure'], [second, 'location_import', 'pending'],
      ]);
      expect(await driver.list.ofImage('')).toEqual([]);
    });

    it('writes nothing of an image whose imports are what they were', async () => {
      await driver.projectImage(imageChange(LIFE, 0));
      const before = await driver.list.find(IMPORT_TASK);
      await driver.projectImage(imageChange([...LIFE, { type: 'ImageTagsChanged', data: { added: ['x'], removed: [] } }], LIFE.length));
      expect(await driver.list.find(IMPORT_TASK)).toEqual(before);
    });

    it('shows an admin all, and a project its own and what is nobody\'s', async () => {
      await given(1, requested());
      await given(2, requested({ owner: 'p2' }));
      await given(3, requested({ owner: null }));
      expect(await ids()).toEqual([3, 2, 1]);
      expect(await ids({ viewer: { admin: false, project: 'p2' } })).toEqual([3, 2]);
      expect(await ids({ viewer: { admin: false, project: null } })).toEqual([3]);
    });

    it('shows at most so many, and none at limit 0', async () => {
      for (const n of [1, 2, 3]) await given(n, requested());
      expect([await ids({ limit: 2 }), await ids({ limit: 0 })]).toEqual([[3, 2], []]);
    });

    it('shows what ended long ago no more', async () => {
      await given(1, requested(), succeeded);
      await given(2, requested());
      expect(await ids({ endedAfter: new Date(EPOCH + 61_000).toISOString() })).toEqual([2]);
      expect(await ids({ endedAfter: new Date(EPOCH + 60_999).toISOString() })).toEqual([2, 1]);
    });

    it.each([
      [{ status: 'pending' }, [4, 3]], [{ status: 'failure' }, [2]], [{ type: 'import' }, [4, 3, 2, 1]], [{ owner: 'p2' }, [3]], [{ request_id: 'req-4' }, [4]],
      [{ user_id: 'u4' }, [4]], [{ id: id(2) }, [2]], [{ id: 'x' }, []], [{ image_id: id(1) }, [7]], [{ owner: 'p2', status: 'success' }, []],
    ] as const)('filters by %j', async (filters, expected) => {
      await given(1, requested(), succeeded);
      await given(2, requested(), failed);
      await given(3, requested({ owner: 'p2' }));
      await given(4, requested({ requestId: 'req-4', user: 'u4' }));
      await driver.projectImage(imageChange(LIFE, 0));
      expect((await ids({ filters })).filter((n) => 'image_id' in filters || n !== 7)).toEqual(expected);
    });

    it.each(TASK_SORT_KEYS.flatMap((key) => (['asc', 'desc'] as const).map((direction) => [key, direction] as const)))('pages by %s %s without gap or double', async (key, direction) => {
      for (let n = 1; n <= 7; n++) {
        await given(n, requested({ owner: n % 2 ? 'p1' : null, user: `u${n % 3}`, requestId: n % 3 ? `req-${n}` : null }), ...(n % 2 ? [started] : []), ...(n > 4 ? [succeeded] : []));
      }
      const sort = { key, direction };
      const whole = await ids({ sort });
      const paged: number[] = [];
      for (let marker: string | undefined; ;) {
        const page = await ids({ sort, limit: 2, ...(marker === undefined ? {} : { marker }) });
        paged.push(...page);
        const last = page.at(-1);
        if (last === undefined) break;
        marker = id(last);
      }
      expect(whole.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(paged).toEqual(whole);
      expect(whole).toEqual((await ids({ sort: { key, direction: direction === 'asc' ? 'desc' : 'asc' } })).toReversed());
    });

    it('sorts what has not ended behind what has', async () => {
      await given(1, requested());
      await given(2, requested(), succeeded);
      expect(await ids({ sort: { key: 'expires_at', direction: 'asc' } })).toEqual([2, 1]);
    });

    it.each([['of another project', id(2)], ['that is not there', id(9)], ['that is expired', id(3)]])('refuses a marker %s', async (_which, marker) => {
      await given(1, requested());
      await given(2, requested({ owner: 'p2' }));
      await given(3, requested(), failed);
      await expect(ids({ viewer: { admin: false, project: 'p1' }, marker, endedAfter: new Date(EPOCH + 3_600_000).toISOString() })).rejects.toBeInstanceOf(MarkerNotFound);
    });

    it('knows what the Tasks API asked for and nobody has done', async () => {
      await given(1, requested());
      await given(2, requested(), started);
      await given(3, requested(), failed);
      await given(4, requested());
      await driver.projectImage(imageChange(LIFE.slice(0, 2), 0));
      expect(await driver.list.open(undefined, 2)).toEqual([id(1), id(2)]);
      expect(await driver.list.open(id(2), 2)).toEqual([id(4)]);
    });

    describe('how far a task is', () => {
      it('is told by store, with what part of the whole that is', async () => {
        await given(0xabc, requested(), started);
        await driver.progress.set(id(0xabc), 'slow', 10, 100);
        await driver.progress.set(id(0xabc), 'fast', 5);
        await driver.progress.set(id(0xabc).toUpperCase(), 'slow', 2 ** 40, 3 * 2 ** 40);
        expect(await driver.progress.of(id(0xabc))).toEqual([
          { store: 'fast', bytes: 5, total: null, percentage: null }, { store: 'slow', bytes: 2 ** 40, total: 3 * 2 ** 40, percentage: 33.3 },
        ]);
      });

      it('is never more than all of it', async () => {
        await given(1, requested());
        await driver.progress.set(id(1), 'a', 12, 10);
        await driver.progress.set(id(1), 'b', 0, 0);
        expect((await driver.progress.of(id(1))).map(({ percentage }) => percentage)).toEqual([100, 100]);
      });

      it('is forgotten when the task has ended, and not told of what is no task', async () => {
        await given(1, requested());
        await driver.progress.set(id(1), 'a', 1, 10);
        await driver.project(changeOf(1, [requested(), failed], 1));
        await driver.progress.set(id(1), 'a', 2, 10);
        for (const task of [id(2), 'no-uuid']) await driver.progress.set(task, 'a', 1);
        expect(await Promise.all([id(1), id(2), 'no-uuid'].map((task) => driver.progress.of(task)))).toEqual([[], [], []]);
      });
    });
  });
}
