import { Logger } from '@nestjs/common';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openJobRunner, type Found, type KeptJob, type QueueCounts } from '#apps/worker';
import { JOB_NAMES } from '../../apps/worker/src/queues.js';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { testDatabase } from '../support/postgres.js';
import { run, succeed } from '../support/run.js';
import { Server } from '../support/server.js';

/** A token of the test authentication. */
const ADMIN = 'operator:ops:admin';
const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

describe('afterimage jobs', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let server: Server;
  let image: string;
  const conf = () => join(server.stateDir, 'test.conf');
  const jobs = (...args: string[]) => run('node', [MAIN, 'jobs', ...args, '--config-file', conf(), '--state-dir', server.stateDir]);
  const json = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(await succeed('node', [MAIN, 'jobs', ...args, '--json', '--config-file', conf(), '--state-dir', server.stateDir])) as T;
  const list = (state: string) => json<{ queues: QueueCounts[]; jobs: KeptJob[] }>('list', '--state', state);
  const inTheWay = () => join(server.imagesDir, image);

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await testDatabase();
    server = await Server.start({ conf: `workers = 1\n[paste_deploy]\nflavor = fakeauth\n[database]\nconnection = ${database.url}\n[jobs]\nboard = True\n` });
    const client = new ImageClient(server, ADMIN);
    image = (await client.create()).id;
    await client.put(image, 'bytes');
    // A store that refuses.
    rmSync(inTheWay());
    mkdirSync(inTheWay());
    await client.delete(image);
  }, 90_000);
  afterAll(async () => {
    await server.dispose();
    await database.drop();
  });

  it('list shows, beside the server, what waits to be tried again, and why', async () => {
    await eventually(async () => {
      const { jobs: [job], queues } = await list('later');
      expect(job).toMatchObject({ name: 'delete-image-data', queue: 'data', state: 'later', data: { imageId: image }, reason: expect.stringMatching(/\w/) });
      expect(queues.map(({ queue }) => queue)).toEqual(expect.arrayContaining(['data', 'import']));
    }, 30_000);
    const shown = await jobs('list');
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toMatch(/^QUEUE +WAITING +RUNNING +LATER +FAILED\ndata /);
    expect(shown.stdout).toContain(image);
  }, 60_000);

  it('metrics tell, through an HTTP worker, what the background process has done', async () => {
    const answer = await fetch(`${server.url}/metrics`);
    const text = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toMatch(/^afterimage_jobs\{queue="data",state="failed"\} 0$/m);
    expect(text).toMatch(/^afterimage_job_runs_total\{job="delete-image-data",outcome="failed"\} [1-9]/m);
    expect(text).toMatch(/^afterimage_leases\{kind="\S+"\} [1-9]/m);
    expect(server.output).toMatch(new RegExp(`WARN \\[Jobs\\] job \\S+ failed, will be tried again .* jobId=\\S+ imageId=${image} requestId=req-`));
  }, 60_000);

  it('the board shows admins, and nobody else, the queues and why a job failed, and changes nothing', async () => {
    const board = (path: string, token?: string, method = 'GET') => fetch(`${server.url}/jobs${path}`, { method, headers: token === undefined ? {} : { 'x-auth-token': token } });
    const page = await board('/', ADMIN);
    const text = await page.text();
    expect([page.status, text]).toEqual([200, expect.stringContaining('Afterimage jobs')]);
    const script = await board(`/${/<script[^>]* src="(?:\/jobs)?\/?([^"]+)"/.exec(text)?.[1]}`, ADMIN);
    expect([script.status, script.headers.get('content-type')]).toEqual([200, expect.stringContaining('javascript')]);
    const queues = await board('/api/queues?activeQueue=data&status=delayed&page=1&jobsPerPage=10', ADMIN);
    const shown = await queues.text();
    expect([queues.status, shown]).toEqual([200, expect.stringContaining('"name":"import"')]);
    expect(shown).toContain(image);
    for (const path of ['/', '/api/queues', '/static/favicon.ico']) {
      expect([path, (await board(path, 'someone:p:member')).status, (await board(path, ADMIN.replace('admin', 'reader'))).status]).toEqual([path, 403, 403]);
    }
    for (const path of ['/api/queues/data/pause', '/api/queues/data/empty', '/api/queues/data/retry/failed']) {
      expect([path, (await board(path, ADMIN, 'PUT')).status]).toEqual([path, 405]);
    }
    expect((await board('/no/such/page', ADMIN)).status).toBeLessThan(500);
  }, 60_000);

  it('failed shows what failed for good, and retry starts it anew', async () => {
    expect(await server.end()).toBe(0);
    const runner = await openJobRunner({ kind: 'postgres', url: database.url, retries: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 } });
    const broken = 'some-event.some-reactor';
    await runner.start(JOB_NAMES.map((name) => ({ name, process: () => Promise.reject(new Error('the disk is on fire')) })));
    await runner.add({ name: 'delete-image-data', id: broken, data: { imageId: image, causationId: 'c', correlationId: 'req-1' } });
    await eventually(async () => expect(await runner.failed(9)).toHaveLength(1), 30_000);
    await runner.stop(10_000);
    expect((await jobs('failed')).stdout).toMatch(new RegExp(`^ID .*\n${broken} +delete-image-data +${image} +1 +the disk is on fire\n$`));
    expect(await jobs('retry', broken, 'no-such.job')).toMatchObject({ code: 1, stdout: '1 job(s) started anew\n', stderr: expect.stringContaining('ERROR: no job "no-such.job" has failed for good\n') });
    expect((await list('waiting')).jobs.map(({ id }) => id)).toContain(broken);
  }, 60_000);

  it('rederive adds the jobs of all open work, once, though the queues were lost', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('TRUNCATE bullmq.job CASCADE');
    await client.end();
    for (let times = 0; times < 2; times += 1) {
      expect(await json<Found[]>('rederive')).toContainEqual({ kind: 'purge', images: 1, jobs: 1 });
    }
    expect((await list('waiting')).jobs).toMatchObject([{ name: 'delete-image-data', data: { imageId: image } }]);
  }, 60_000);

  it('says what it wants, and where it cannot look', async () => {
    expect(await jobs('retry')).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') });
    expect(await jobs('list', '--limit', '0')).toMatchObject({ code: 2, stderr: expect.stringContaining('from 1 to 1000') });
    expect(await run('node', [MAIN, 'jobs', 'failed', '--memory', '--state-dir', server.stateDir])).toMatchObject({ code: 1, stderr: expect.stringContaining('only the server itself can reach them') });
  }, 60_000);
});
