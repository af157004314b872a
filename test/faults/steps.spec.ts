import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { IMAGE_EVENT_VERSIONS } from '#images';
import { JOB_NAMES } from '../../apps/worker/src/queues.js';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';
import { StepwiseServer } from '../support/stepwise-server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const DATA = 'bytes that must not be lost';
const JSON_TYPE = { 'content-type': 'application/json' };
const BYTES = { 'content-type': 'application/octet-stream' };
/** A killed process holds the job that it was doing for 30 s; a loaded machine takes its time. */
const SETTLED_MS = 120_000;
const SLOW = 900_000;

/** What somebody wants of one image. Asking again what was not answered brings it on; nothing else is needed after a kill. */
interface Wish {
  /** Of those of one part of the program a step is tried once. */
  readonly part: 'upload' | 'import' | 'removal' | 'upload to v1' | 'copy_from';
  /** It makes the image itself, with an id that is given. */
  readonly fromNothing?: true;
  /** Where its flow is one that is tried already: those at which it may differ. */
  readonly steps?: RegExp;
  /** Before the server may be killed. */
  readonly prepare: (client: ImageClient, id: string) => Promise<void>;
  /** One request towards the end; true where it is reached. */
  readonly push: (client: ImageClient, id: string) => Promise<boolean>;
}

const nothing = async () => undefined;
const upload = async (client: ImageClient, id: string) => void (await client.put(id, DATA));
const importBy = (client: ImageClient, id: string, method: object, stores: string[]) => client.status('POST', `/v2/images/${id}/import`, { method, stores }, JSON_TYPE);
const isActive = async (client: ImageClient, id: string, then: (status: string) => Promise<unknown>): Promise<boolean> => {
  const { status } = await client.show(id);
  if (status === 'active') return true;
  await then(status);
  return false;
};
const FORMATS = { 'x-image-meta-disk_format': 'raw', 'x-image-meta-container_format': 'bare' };
/** An image of version 1 comes with its data; one that waits again, as its server was killed, is given it once more. */
const ofV1 = (part: Wish['part'], end: 'active' | 'killed', steps: RegExp, headers: Record<string, string>, body?: string): Wish => ({
  part,
  fromNothing: true,
  steps,
  prepare: nothing,
  push: async (client, id) => {
    const answer = await client.request(`/v1/images/${id}`, { method: 'HEAD' });
    const status = answer.headers.get('x-image-meta-status');
    if (answer.status === 404) await client.status('POST', '/v1/images', body, { ...FORMATS, ...headers, 'x-image-meta-id': id });
    else if (status === 'queued') await client.status('PUT', `/v1/images/${id}`, body, headers);
    else if (status !== end) await sleep(50);
    return status === end;
  },
});
const isGone = async (client: ImageClient, id: string): Promise<boolean> => {
  const answer = await client.delete(id);
  return answer.status === 404;
};

const WISHES = (origin: Origin): Readonly<Record<string, Wish>> => ({
  upload: { part: 'upload', prepare: nothing, push: (client, id) => isActive(client, id, (status) => (status === 'queued' ? upload(client, id) : sleep(50))) },
  'an upload that fails': { part: 'upload',
    prepare: nothing,
    push: async (client, id) => {
      const { status } = await client.show(id);
      return status === 'queued' && (await client.status('PUT', `/v2/images/${id}/file`, DATA, { ...BYTES, 'x-openstack-image-size': '5' })) === 400;
    },
  },
  'stage and import': { part: 'import',
    prepare: nothing,
    push: (client, id) => isActive(client, id, (status) => {
      if (status === 'queued') return client.status('PUT', `/v2/images/${id}/stage`, DATA, BYTES);
      return status === 'uploading' ? importBy(client, id, { name: 'glance-direct' }, ['fast']) : sleep(50);
    }),
  },
  'web-download': { part: 'import',
    prepare: nothing,
    push: (client, id) => isActive(client, id, (status) => (status === 'queued' ? importBy(client, id, { name: 'web-download', uri: `${origin.url}/data` }, ['fast']) : sleep(50))),
  },
  'an import that fails': { part: 'import',
    prepare: nothing,
    push: async (client, id) => {
      const image = await client.show(id);
      if (image.status === 'queued' && image['os_glance_failed_import'] === 'fast') return true;
      if (image.status === 'queued') await importBy(client, id, { name: 'web-download', uri: `${origin.url}/nothing` }, ['fast']);
      else await sleep(50);
      return false;
    },
  },
  copy: { part: 'import',
    prepare: upload,
    push: async (client, id) => {
      const { stores } = await client.show(id);
      if (stores === 'fast,big') return true;
      if ((await importBy(client, id, { name: 'copy-image' }, ['big'])) !== 202) await sleep(50);
      return false;
    },
  },
  'POST with data to version 1': ofV1('upload to v1', 'active', /^(append ImageCreated|store fast (write|published)|append ImageDataStored.*)$/, BYTES, DATA),
  'a POST with data that fails': ofV1('upload to v1', 'killed', /^append ImageUploadFailed$/, { ...BYTES, 'x-image-meta-size': '5' }, DATA),
  copy_from: ofV1('copy_from', 'active', /^(append ImageImportRequested|job import-image begins|store fast write|append ImageDataStored.*)$/, { 'x-glance-api-copy-from': `${origin.url}/data` }),
  'a copy_from that fails': ofV1('copy_from', 'killed', /^append .*ImageImportFailed.*$/, { 'x-glance-api-copy-from': `${origin.url}/nothing` }),
  'removal from one store': { part: 'removal',
    prepare: async (client, id) => {
      await upload(client, id);
      await importBy(client, id, { name: 'copy-image' }, ['big']);
      await eventually(async () => expect((await client.show(id))['stores']).toBe('fast,big'), 60_000);
    },
    push: async (client, id) => {
      if ((await client.show(id))['stores'] === 'fast') return true;
      await client.status('DELETE', `/v2/stores/big/${id}`);
      return false;
    },
  },
  deletion: { part: 'removal', prepare: upload, push: isGone },
});

/** What cannot come in these flows, and where it is shown to be safe, or why it need not be. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^append Image(Created|AttributesChanged|VisibilityChanged|OwnerChanged|PropertiesChanged|TagsChanged|Shared|MembershipDecided|Unshared|Deactivated|Reactivated|RecordPurged)$/, 'no data goes with it: one append, whole or not at all (event-store.contract)'],
  [/^append Image(DataReferenced|DataHashed)$/, 'tasks.spec'],
  [/^append ImageRestored$/, 'scrubber.spec'],
  [/^append ImageEncryptionKey(Deleted|Kept)$/, 'delete-encryption-key.spec'],
  [/^job (hash-location|run-task) /, 'tasks.spec'],
  [/^job (prefetch-image|prune-cache|clean-cache) /, 'a cache can be lost at any time'],
  [/^job delete-encryption-key /, 'delete-encryption-key.spec'],
  [/^job \S+ fails$/, 'deletion.spec'],
];

describe('A server that is killed at any step', () => {
  let database: TestDatabase;
  let origin: Origin;
  let server: StepwiseServer;
  let wishes: Readonly<Record<string, Wish>>;
  const covered = new Set<string>();
  const images: { readonly id: string; readonly wish: Wish }[] = [];

  beforeAll(async () => {
    [database, origin] = await Promise.all([testDatabase(), Origin.start()]);
    origin.files.set('/data', Buffer.from(DATA));
    wishes = WISHES(origin);
    const filter = `[import_filtering_opts]\nallow_private_addresses = True\nallowed_ports = ${new URL(origin.url).port}\n`;
    server = await StepwiseServer.create((stateDir) => {
      const store = (id: string) => `[${id}]\nfilesystem_store_datadir = ${join(stateDir, id)}\n`;
      return `enabled_backends = fast:file, big:file\n[glance_store]\ndefault_backend = fast\n${store('fast')}${store('big')}${filter}[database]\nconnection = ${database.url}\n`;
    });
    await server.start();
  }, SLOW);
  afterAll(async () => {
    await server.now.dispose();
    await origin.close();
    await database.drop();
  }, SLOW);

  const client = () => new ImageClient(server.now);
  const newImage = async (wish: Wish) => {
    const { id } = wish.fromNothing ? { id: randomUUID() } : await client().create();
    await wish.prepare(client(), id);
    images.push({ id, wish });
    return { id };
  };
  const pushed = async (id: string, wish: Wish, until: () => boolean) => {
    while (!until()) if (await wish.push(client(), id).catch(() => sleep(20).then(() => !server.runs))) return;
  };

  /** Those that the flow comes to when nothing is in its way; each once. */
  const record = async (wish: Wish): Promise<readonly string[]> => {
    const { id } = await newImage(wish);
    const before = server.steps.length;
    await pushed(id, wish, () => false);
    // What follows the answer: jobs that tidy up.
    await sleep(500);
    return [...new Set(server.steps.slice(before))].filter((step) => wish.steps?.test(step) ?? true);
  };

  const killAt = async (wish: Wish, step: string) => {
    if (!server.runs) await server.start();
    const { id } = await newImage(wish);
    server.killAt(step);
    const end = Date.now() + 30_000;
    await pushed(id, wish, () => !server.runs || Date.now() > end);
    await server.killed(20_000);
    covered.add(step);
  };

  /** Each step of each wish once in each part of the program; then all must come to its end. */
  const killAll = async (asked: Readonly<Record<string, Wish>>) => {
    const todo: { readonly name: string; readonly wish: Wish; readonly step: string }[] = [];
    for (const [name, wish] of Object.entries(asked)) {
      const steps = await record(wish);
      todo.push(...steps.filter((step) => !todo.some((other) => other.wish.part === wish.part && other.step === step)).map((step) => ({ name, wish, step })));
    }
    for (const { name, wish, step } of todo) {
      await killAt(wish, step).catch((error: unknown) => {
        throw new Error(`${name}, killed at: ${step}`, { cause: error });
      });
    }
    if (!server.runs) await server.start();
    await allIsWell();
  };

  const allIsWell = async () => {
    const kept = new Map<string, string>();
    await eventually(async () => {
      const open: string[] = [];
      for (const { id, wish } of images) if (!(await wish.push(client(), id))) open.push(`${id}: ${(await client().show(id)).status}`);
      expect(open).toEqual([]);
    }, SETTLED_MS);
    for (const { id } of images) {
      const answer = await client().request(`/v2/images/${id}/file`);
      const text = await answer.text();
      if (answer.status === 200) kept.set(id, text);
      else expect([204, 404]).toContain(answer.status);
    }
    expect([...new Set(kept.values())]).toEqual([DATA]);
    await eventually(async () => expect((await readdir(join(server.stateDir, 'fast'))).toSorted()).toEqual([...kept.keys()].toSorted()), SETTLED_MS);
    await eventually(async () => expect(await readdir(join(server.stateDir, 'staging'))).toEqual([]), SETTLED_MS);
    const { code, stdout } = await run('node', [MAIN, 'reconcile', '--verify', '--json', '--config-file', join(server.stateDir, 'test.conf'), '--state-dir', server.stateDir]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\{"found": \[\]/) });
  };

  it('loses nothing that was acknowledged, leaves no byte that nobody knows, and goes on with its work', () => killAll(wishes), SLOW);

  it('does so too when a scrubber is at work', async () => {
    await server.now.end();
    await server.start('delayed_delete = True\nwakeup_time = 1\n');
    await killAll({ scrub: { part: 'removal', prepare: upload, push: isGone } });
  }, SLOW);

  it('was killed at each event, call of a store and turn of a job that there is', () => {
    const events = Object.keys(IMAGE_EVENT_VERSIONS).map((type) => `append ${type}`);
    const calls = ['begin', 'write', 'publish', 'published', 'abort', 'read', 'remove', 'discard'].map((call) => `store fast ${call}`);
    const jobs = JOB_NAMES.flatMap((name) => ['is added', 'begins', 'ends', 'fails'].map((turn) => `job ${name} ${turn}`));
    const seen = [...covered].flatMap((step) => (step.startsWith('append ') ? step.split(' ').slice(1).map((type) => `append ${type}`) : [step]));
    const missing = [...events, ...calls, ...jobs].filter((step) => !seen.includes(step) && !ELSEWHERE.some(([pattern]) => pattern.test(step)));
    expect(missing).toEqual([]);
  });
});
