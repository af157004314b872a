import { readdir } from 'node:fs/promises';
import { stalledUpload, uploadInPieces } from '../support/chunked-upload.js';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { Server } from '../support/server.js';

const MB = 1024 * 1024;
const QUOTAS = 'user_storage_quota = 4MB\nimage_count_quota = 8\n';

const data = (megabytes: number): Buffer => Buffer.alloc(megabytes * MB, 'd');
const statuses = (answers: readonly (number | string)[]) =>
  Object.fromEntries([...new Set(answers)].toSorted().map((status) => [status, answers.filter((one) => one === status).length]));

/** What one owner does. */
function owners(server: Server) {
  const client = new ImageClient(server);
  return (owner: string | null) => {
    const create = async () => (await client.create({ owner })).id;
    const put = async (megabytes: number, id?: string) => (await client.put(id ?? (await create()), data(megabytes))).status;
    return {
      create, put,
      /** All of the quota can be used: nothing else is counted. */
      isEmpty: async () => {
        const id = await create();
        await eventually(async () => expect(await put(4, id)).toBe(204), 20_000);
        await client.delete(id);
      },
    };
  };
}

describe.each([{ memory: false }, { memory: true }])('Quotas of owners (memory drivers: $memory)', ({ memory }) => {
  let server: Server;
  let client: ImageClient;
  let acting: ReturnType<typeof owners>;
  beforeAll(async () => {
    server = await Server.start({ memory, conf: QUOTAS });
    client = new ImageClient(server);
    acting = owners(server);
  }, 60_000);
  afterAll(() => server.dispose());

  const isQueuedWithoutBytes = async (id: string) => {
    expect(await client.show(id)).toMatchObject({ id, status: 'queued', size: null, checksum: null });
    expect((await readdir(server.imagesDir).catch(() => [])).filter((name) => name.startsWith(id))).toEqual([]);
  };

  it('refuse data beyond the limit with 413 at once, and the image stays as it was', async () => {
    const { create, put } = acting('known-size');
    expect(await put(3)).toBe(204);
    const id = await create();
    const before = await client.show(id);
    const answer = await client.put(id, data(2));
    expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining('1048576 bytes remaining')]);
    expect(await client.show(id)).toEqual(before);
    await isQueuedWithoutBytes(id);
    expect(await put(1, id)).toBe(204);
    expect(await put(0)).toBe(204);
  });

  it('stop data of unknown length at the limit, keep no byte of it and free what it held', async () => {
    const { create, put, isEmpty } = acting('chunked');
    const id = await create();
    expect(await uploadInPieces(server, id, 5 * MB)).toBe(413);
    await isQueuedWithoutBytes(id);
    expect(await uploadInPieces(server, id, 4 * MB)).toBe(204);
    expect([await uploadInPieces(server, await create(), 1), await put(0)]).toEqual([413, 204]);
    await client.delete(id);
    await isEmpty();
  }, 60_000);

  it('free what a failed upload held: one of another length than announced, and one whose client left', async () => {
    const { create, isEmpty } = acting('failed');
    const id = await create();
    expect((await client.put(id, data(1), { 'x-openstack-image-size': '4194304' })).status).toBe(400);
    expect((await client.put(id, data(1), { 'x-openstack-image-size': '1' })).status).toBe(400);
    const { upload, answer } = await stalledUpload(server, id, 3 * MB);
    upload.destroy();
    expect(await answer).toBe('cut');
    await isEmpty();
  }, 60_000);

  it('answer 409, not 413, where the image has data already', async () => {
    const { create, put } = acting('conflict');
    const id = await create();
    expect([await put(3, id), await put(3, id)]).toEqual([204, 409]);
  });

  it('user-asks 6: of many uploads at once exactly those succeed that fit, of known and of unknown length', async () => {
    const known = (id: string) => acting('whoever').put(1, id);
    const unknown = (id: string) => uploadInPieces(server, id, MB);
    for (const [owner, send] of [['races', known], ['chunked-races', unknown]] as const) {
      const ids = await Promise.all(Array.from({ length: 8 }, () => acting(owner).create()));
      expect(statuses(await Promise.all(ids.map(send)))).toEqual({ 204: 4, 413: 4 });
      const stored = (await Promise.all(ids.map((id) => client.show(id)))).filter(({ status }) => status === 'active');
      expect(stored).toHaveLength(4);
      await Promise.all(ids.map((id) => client.delete(id)));
      await acting(owner).isEmpty();
    }
  }, 60_000);

  it('user-asks 7, OSSN-0076, CVE-2016-8611: of many creations at once exactly as many succeed as images may be; each deletion frees one', async () => {
    const create = () => client.request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ owner: 'counted' }) });
    const answers = await Promise.all(Array.from({ length: 20 }, create));
    expect(statuses(answers.map(({ status }) => status))).toEqual({ 201: 8, 413: 12 });
    expect(await (await create()).text()).toContain('(8)');
    const { images } = await client.list('?owner=counted&visibility=all');
    expect(images).toHaveLength(8);
    await client.delete(images[0]?.id ?? '');
    expect([(await create()).status, (await create()).status]).toEqual([201, 413]);
  }, 60_000);

  it('do not count what nobody owns', async () => {
    const { create, put } = acting(null);
    await Promise.all(Array.from({ length: 10 }, create));
    expect(await put(5)).toBe(204);
  });

  it('CVE-2014-9623, CVE-2015-5286: count the bytes of an upload whose image is deleted until they are gone, and end that upload', async () => {
    const { create, put, isEmpty } = acting('deleting');
    const id = await create();
    const { answer } = await stalledUpload(server, id, 3 * MB);
    await client.delete(id);
    expect(await put(4)).toBe(413);
    expect(await answer).toBe(410);
    await isEmpty();
  }, 60_000);

  it('follow an image that is given to another owner, who must have room for it', async () => {
    const give = (id: string, owner: string) => client.patch(id, [{ op: 'replace', path: '/owner', value: owner }]).then(({ status }) => status);
    const [giver, heir] = [acting('giver'), acting('heir')];
    const id = await giver.create();
    expect([await giver.put(3, id), await heir.put(2)]).toEqual([204, 204]);
    expect(await give(id, 'heir')).toBe(413);
    expect([(await client.show(id)).owner, await giver.put(2)]).toEqual(['giver', 413]);
    expect([await give(id, 'other-heir'), await giver.put(4), await acting('other-heir').put(2)]).toEqual([200, 204, 413]);
  }, 60_000);

  it('hold the owner to them that the image has when its data is whole', async () => {
    for (const [used, status] of [[2, 413], [1, 204]] as const) {
      const [giver, heir] = [acting(`before-${used}`), acting(`after-${used}`)];
      const give = (id: string) => client.patch(id, [{ op: 'replace', path: '/owner', value: `after-${used}` }]);
      expect(await heir.put(used)).toBe(204);
      const id = await giver.create();
      const { upload, answer } = await stalledUpload(server, id, 3 * MB);
      expect((await give(id)).status).toBe(200);
      upload.end();
      expect(await answer).toBe(status);
      if (status === 413) await isQueuedWithoutBytes(id);
      await giver.isEmpty();
      expect(await heir.put(2)).toBe(status === 413 ? 204 : 413);
    }
  }, 60_000);

  it('show no usage of limits that Keystone does not have', async () => {
    const answer = await client.request('/v2/info/usage');
    expect([answer.status, await answer.json()]).toEqual([200, { usage: {} }]);
    expect((await client.request('/v2/info/usage', { method: 'POST' })).status).toBe(405);
  });
});

describe('Quotas of owners with two processes on one database', () => {
  let database: TestDatabase;
  let servers: Server[] = [];
  beforeAll(async () => {
    database = await testDatabase();
    const conf = `${QUOTAS}[database]\nconnection = ${database.url}\n`;
    const first = await Server.start({ conf });
    servers = [first, await Server.start({ conf: `${conf}[glance_store]\nfilesystem_store_datadir = ${first.imagesDir}\n` })];
  }, 60_000);
  afterAll(async () => {
    for (const server of servers.toReversed()) await server.dispose();
    await database.drop();
  });
  const each = <T>(times: number, work: (server: Server, i: number) => Promise<T>) =>
    Promise.all(Array.from({ length: times }, (_, i) => work(servers[i % 2] as Server, i)));

  it('user-asks 6: never pass the limits, whoever is asked, and all of them can be used afterwards', async () => {
    for (const [round, server] of [...servers, ...servers].entries()) {
      const owner = `round-${round}`;
      const body = JSON.stringify({ owner, disk_format: 'raw', container_format: 'bare' });
      const create = (asked: Server) => new ImageClient(asked).request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(({ status }) => status);
      expect(statuses(await each(20, create))).toEqual({ 201: 8, 413: 12 });
      const ids = (await new ImageClient(server).list(`?owner=${owner}&visibility=all&limit=100`)).images.map(({ id }) => id);
      const known = (asked: Server, id: string) => new ImageClient(asked).put(id, data(1)).then(({ status }) => status);
      expect(statuses(await each(8, (asked, i) => (i % 4 === 0 ? uploadInPieces : known)(asked, ids[i] ?? '', MB)))).toEqual({ 204: 4, 413: 4 });
      await each(8, (asked, i) => new ImageClient(asked).delete(ids[i] ?? ''));
      await owners(server)(owner).isEmpty();
    }
  }, 120_000);
});

describe('Quotas of owners and data that stays', () => {
  it('CVE-2014-9623: count deleted images\' data as long as it is kept, but not the images', async () => {
    const server = await Server.start({ memory: true, conf: `${QUOTAS}image_count_quota = 1\ndelayed_delete = True\nscrub_time = 3600\n` });
    try {
      const { create, put } = owners(server)('keeper');
      const id = await create();
      expect(await put(3, id)).toBe(204);
      await new ImageClient(server).delete(id);
      const next = await create();
      expect([await put(2, next), await put(1, next)]).toEqual([413, 204]);
    } finally {
      await server.dispose();
    }
  }, 60_000);

  it('count the data at every place that an image has', async () => {
    const origin = await Origin.start();
    origin.files.set('/a', data(1)).set('/b', data(1)).set('/c', data(1)).set('/d', data(1)).set('/e', data(1));
    const server = await Server.start({
      conf: [`${QUOTAS}show_multiple_locations = True`, '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(origin.url).port}`, '[glance_store]', 'stores = file,http\n'].join('\n'),
    });
    try {
      const client = new ImageClient(server);
      const { create, put, isEmpty } = owners(server)('located');
      const id = await create();
      const add = (...paths: string[]) => client.patch(id, paths.map((path) => ({ op: 'add', path: '/locations/-', value: { url: origin.url + path, metadata: {} } }))).then(({ status }) => status);
      const other = await create();
      expect([await add('/a', '/b'), await put(1, other), await add('/c', '/d'), await add('/c'), await add('/e')]).toEqual([200, 204, 413, 200, 413]);
      expect((await client.patch(id, [{ op: 'remove', path: '/locations/0' }])).status).toBe(200);
      await eventually(async () => expect(await add('/e')).toBe(200));
      await Promise.all([id, other].map((one) => client.delete(one)));
      await isEmpty();
    } finally {
      await server.dispose();
      await origin.close();
    }
  }, 60_000);

  it('CVE-2015-5286: a killed process leaves nothing counted once its bytes are gone', async () => {
    const first = await Server.start({ conf: QUOTAS });
    const { create, put } = owners(first)('killed');
    const id = await create();
    await stalledUpload(first, id, 3 * MB);
    expect(await put(4)).toBe(413);
    await first.end('SIGKILL');
    const second = await Server.start({ stateDir: first.stateDir, conf: QUOTAS });
    try {
      expect(await readdir(second.imagesDir)).toEqual([]);
      expect(await owners(second)('killed').put(4, id)).toBe(204);
    } finally {
      await second.dispose();
    }
  }, 120_000);
});
