import { setTimeout as sleep } from 'node:timers/promises';
import { asOf, runningJob, watched, type Outcome } from './job-watch.js';

const run = { id: 'e.r', name: 'delete-image-data', data: { imageId: 'i', correlationId: 'req-1' }, last: false };

describe('A job in whose course something happens', () => {
  it('is known there, also after a wait, and nowhere else', async () => {
    const seen: unknown[] = [];
    const note = async () => {
      seen.push(runningJob());
      await sleep(1);
      seen.push(runningJob());
    };
    await Promise.all([watched(run, undefined, note), watched({ ...run, id: 'f.r', data: { correlationId: null } }, undefined, note)]);
    expect(runningJob()).toBeUndefined();
    expect(seen).toEqual(expect.arrayContaining([{ jobId: 'e.r', imageId: 'i', requestId: 'req-1' }, { jobId: 'f.r' }]));
    expect(seen.filter((each) => each === undefined)).toEqual([]);
  });

  it('is known when its failure is told', () => {
    asOf(run, () => expect(runningJob()).toMatchObject({ jobId: 'e.r' }));
    expect.assertions(1);
  });

  it('has its end told, well or not, and whether it is tried again', async () => {
    const told: [string, Outcome][] = [];
    const watch = { ended: (name: string, outcome: Outcome, ms: number) => void (ms >= 0 && told.push([name, outcome])) };
    const fail = () => Promise.reject(new Error('no'));
    await watched(run, watch, async () => undefined);
    await expect(watched(run, watch, fail)).rejects.toThrow('no');
    await expect(watched({ ...run, last: true }, watch, fail)).rejects.toThrow('no');
    expect(told.map(([, outcome]) => outcome)).toEqual(['done', 'failed', 'failed-for-good']);
  });
});
