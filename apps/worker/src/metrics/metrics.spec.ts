import { Logger } from '@nestjs/common';
import { createMemoryClaims, Deciders } from '#event-store';
import { job, processors, QUICK_RETRIES, until } from '../job-runner.contract.js';
import { InProcessRunner } from '../runners/in-process.runner.js';
import { JobMetrics } from './job-metrics.js';
import { Metrics } from './metrics.js';

describe('What Prometheus is told', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('is what waits and has failed in each queue, how runs ended and how long they took, and the leases', async () => {
    const done = new JobMetrics();
    const runner = new InProcessRunner({ retries: QUICK_RETRIES, watch: done });
    const claims = createMemoryClaims();
    await claims.acquire('upload', 'an image', 'me', 60_000);
    const metrics = new Metrics(runner, claims, done, new Deciders([]));
    await runner.start(processors(async ({ imageId }) => {
      if (imageId === 'doomed') throw new Error('no');
    }));
    for (const each of [job('good'), job('doomed'), { ...job('far'), node: 'far' }]) await runner.add(each);
    await until(async () => (await runner.failed(1)).length === 1);
    const lines = (await metrics.text()).split('\n');
    expect(lines).toEqual(expect.arrayContaining([
      'afterimage_jobs{queue="data",state="waiting"} 0', 'afterimage_jobs{queue="data",state="failed"} 1', 'afterimage_jobs{queue="node.far",state="waiting"} 1',
      'afterimage_job_runs_total{job="delete-image-data",outcome="done"} 1',
      'afterimage_job_runs_total{job="delete-image-data",outcome="failed"} 2',
      'afterimage_job_runs_total{job="delete-image-data",outcome="failed-for-good"} 1',
      'afterimage_job_duration_seconds_count{job="delete-image-data"} 4',
      'afterimage_leases{kind="upload"} 1', 'afterimage_reachable{what="queues"} 1', 'afterimage_reachable{what="leases"} 1',
    ]));
    await runner.stop(0);
  });

  it('leaves out what cannot be asked, and says so', async () => {
    const gone = { counts: () => Promise.reject(new Error('connection refused')) };
    const runner = Object.assign(new InProcessRunner(), gone);
    const text = await new Metrics(runner, createMemoryClaims(), new JobMetrics(), new Deciders([])).text();
    expect(text).toContain('afterimage_reachable{what="queues"} 0\nafterimage_reachable{what="leases"} 1');
    expect(text).not.toContain('afterimage_jobs{');
  });
});
