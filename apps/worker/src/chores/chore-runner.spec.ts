import { Logger } from '@nestjs/common';
import { until } from '../job-runner.contract.js';
import type { Chore } from './chore.js';
import { ChoreRunner } from './chore-runner.js';

const NEVER_AGAIN_MS = 1e9;

describe('Chores', () => {
  let runner: ChoreRunner;
  beforeAll(() => Logger.overrideLogger(false));
  afterEach(() => runner.stop());

  const started = async (...chores: readonly Chore[]): Promise<void> => {
    runner = new ChoreRunner(chores);
    await runner.start();
  };

  it('are done at the start, which waits for those that it must not overtake', async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const done: string[] = [];
    await started(
      { name: 'slow', everyMs: NEVER_AGAIN_MS, run: () => opened.then(() => void done.push('slow')) },
      { name: 'first', everyMs: NEVER_AGAIN_MS, beforeStart: true, run: async () => void done.push('first') },
    );
    expect(done).toEqual(['first']);
    open();
    await until(() => done.length === 2);
  });

  it('are done again and again, also after one has failed, and never twice at a time', async () => {
    let [runs, atOnce, most] = [0, 0, 0];
    const run = async () => {
      runs += 1;
      most = Math.max(most, (atOnce += 1));
      await Promise.resolve();
      atOnce -= 1;
      if (runs === 2) throw new Error('out of order');
    };
    await started({ name: 'often', everyMs: 1, afterDeath: true, run });
    await Promise.all([runner.afterDeath(), runner.afterDeath()]);
    await until(() => runs >= 6);
    expect(most).toBe(1);
  });

  it('that look for what the dead left are done once more when a process has died, the others are not', async () => {
    const done: string[] = [];
    const chore = (name: string, afterDeath: boolean): Chore => ({ name, everyMs: NEVER_AGAIN_MS, beforeStart: true, afterDeath, run: async () => void done.push(name) });
    await started(chore('look', true), chore('tidy', false));
    await runner.afterDeath();
    expect(done.toSorted()).toEqual(['look', 'look', 'tidy']);
  });

  it('that give the queues their jobs are done once more when the queues were away', async () => {
    const done: string[] = [];
    const chore = (name: string, afterReturn: boolean): Chore => ({ name, everyMs: NEVER_AGAIN_MS, beforeStart: true, afterReturn, run: async () => void done.push(name) });
    await started(chore('refill', true), chore('tidy', false));
    await runner.afterReturn();
    expect(done.toSorted()).toEqual(['refill', 'refill', 'tidy']);
  });

  it('end at the stop, which tells the one that runs and starts none', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    let runs = 0;
    await started({
      name: 'endless', everyMs: 1,
      run: (signal) => {
        runs += 1;
        begin();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
    await begun;
    await runner.stop();
    await runner.afterDeath();
    expect(runs).toBe(1);
  });
});
