import { Logger } from '@nestjs/common';
import type { ImageList } from '#images';
import { AddOpenWorkChore } from '../chores/add-open-work.chore.js';
import { job, processors, QUICK_RETRIES, until } from '../job-runner.contract.js';
import { InProcessRunner } from '../runners/in-process.runner.js';
import { AddOpenWork } from './add-open-work.js';
import type { OpenWork } from './open-work.js';

const NEVER = new AbortController().signal;

describe('Open work', () => {
  beforeAll(() => Logger.overrideLogger(false));

  let open: string[];
  let runner: InProcessRunner;
  let add: AddOpenWork;
  beforeEach(() => {
    open = [];
    runner = new InProcessRunner({ retries: { ...QUICK_RETRIES, attempts: 1 } });
    const images = {
      openWork: async (kind: string, after: string | undefined, limit: number) =>
        kind === 'purge' ? open.toSorted().filter((id) => id > (after ?? '')).slice(0, limit) : [],
    } as Partial<ImageList> as ImageList;
    const work: OpenWork[] = [
      { kind: 'purge', jobsFor: async (id) => (id === 'done meanwhile' ? [] : [job(id, `event.reactor.${id.replaceAll(' ', '-')}`)]) },
      { kind: 'import', jobsFor: async () => [] },
    ];
    add = new AddOpenWork(work, images, runner);
  });
  afterEach(() => runner.stop(0));

  const waiting = async () => (await runner.list(['waiting'], 10_000)).map(({ id }) => id.slice('event.reactor.'.length));

  it('is found page by page, each image once, and added once', async () => {
    open = Array.from({ length: 450 }, (_, i) => `image-${String(i).padStart(4, '0')}`);
    for (let times = 0; times < 2; times += 1) {
      expect(await add.run(NEVER, true)).toEqual([{ kind: 'purge', images: 450, jobs: 450 }, { kind: 'import', images: 0, jobs: 0 }]);
    }
    expect(await waiting()).toEqual(open);
  });

  it('that is done by now needs no job', async () => {
    open = ['done meanwhile', 'still open'];
    expect((await add.run(NEVER, true))[0]).toEqual({ kind: 'purge', images: 2, jobs: 1 });
    expect(await waiting()).toEqual(['still-open']);
  });

  it('is looked for no further once the process ends', async () => {
    open = ['a', 'b'];
    expect((await add.run(AbortSignal.abort(), true))[0]).toEqual({ kind: 'purge', images: 0, jobs: 0 });
    expect(await waiting()).toEqual([]);
  });

  it('that failed for good is begun anew by a start, and left alone after that', async () => {
    let fails = true;
    let runs = 0;
    await runner.start(processors(async () => {
      runs += 1;
      if (fails) throw new Error('no');
    }));
    open = ['broken'];
    const chore = new AddOpenWorkChore(add);
    await chore.run(NEVER);
    await until(async () => (await runner.failed(1)).length === 1);
    await chore.run(NEVER);
    expect([runs, (await runner.failed(9)).length]).toEqual([1, 1]);
    fails = false;
    await new AddOpenWorkChore(add).run(NEVER);
    await until(async () => runs === 2 && (await runner.failed(1)).length === 0);
  });
});
