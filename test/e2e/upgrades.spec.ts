import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { chainOf, GENESIS, link, open, seal, verifyChain, type EventMeta, type LoggedEvent } from '#event-store';
import { imageDecider, taskDecider } from '#images';
import { metadefsDecider } from '#metadefs';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { run } from '../support/run.js';
import { Server } from '../support/server.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const LANDED = fileURLToPath(new URL('../landed', import.meta.url));
const SLOW = 120_000;
const PATCH_TYPE = { 'content-type': 'application/openstack-images-v2.1-json-patch' };

/** As its own version answered. */
interface Landed {
  readonly events: number;
  readonly images: readonly Document[];
  readonly namespaces: readonly { readonly namespace: string }[];
}

const frozen = readdirSync(LANDED).filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length)).toSorted();
const deciders = [imageDecider, taskDecider, metadefsDecider];

describe.each(frozen)('A database that %s left', (name) => {
  const landed = JSON.parse(readFileSync(join(LANDED, `${name}.json`), 'utf8')) as Landed;
  let folder: string;
  let database: TestDatabase;
  let client: Client;
  let server: Server;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'upgrades-'));
    database = await testDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(readFileSync(join(LANDED, `${name}.sql`), 'utf8'));
  }, SLOW);
  afterAll(async () => {
    await server?.dispose();
    await client.end();
    await database.drop();
    rmSync(folder, { recursive: true });
  }, SLOW);

  const db = async (...args: string[]) => {
    const conf = join(folder, 'db.conf');
    writeFileSync(conf, `[DEFAULT]\nbind_host = 127.0.0.1\nstate_dir = ${folder}\n[database]\nconnection = ${database.url}\n`);
    return run('node', [MAIN, 'db', ...args, '--config-file', conf]);
  };
  const log = async (): Promise<LoggedEvent[]> => (await client.query<LoggedEvent>(
    'SELECT l.position::int8, l.head, e.stream, e.revision, e.id, e.type, e.v, e.body, e.data, e.salt, e.chain, e.recorded_at AS "recordedAt" FROM afterimage.log l JOIN afterimage.event e USING (seq) ORDER BY l.position',
  )).rows;

  it('is expanded and migrated, and then served while it is contracted', async () => {
    expect(await db('expand')).toMatchObject({ code: 0 });
    expect(await db('migrate')).toMatchObject({ code: 0 });
    server = await Server.start({ conf: `db_auto_create = False\n[database]\nconnection = ${database.url}\n[metadefs]\nload_defaults = False\n` });
    const list = async () => (await fetch(`${server.url}/v2/images?limit=1000`)).status;
    const served = Promise.all(Array.from({ length: 20 }, list));
    expect(await db('contract')).toMatchObject({ code: 0 });
    expect(new Set(await served)).toEqual(new Set([200]));
    expect(await db('check')).toMatchObject({ code: 0 });
  }, SLOW);

  it('lists its images and namespaces as that version did', async () => {
    const ask = async (path: string): Promise<unknown> => (await fetch(`${server.url}${path}`)).json();
    const { images } = (await ask('/v2/images?limit=1000')) as Landed;
    expect(images.filter(({ id }) => landed.images.some((one) => one.id === id))).toEqual(landed.images.map((image) => expect.objectContaining(image)));
    const { namespaces } = (await ask('/v2/metadefs/namespaces?limit=1000')) as Landed;
    expect(namespaces).toEqual(landed.namespaces.map((namespace) => expect.objectContaining(namespace)));
    for (const { id } of landed.images) expect(await new ImageClient(server).status('PATCH', `/v2/images/${id}`, '[]', PATCH_TYPE)).toBe(200);
  }, SLOW);

  it('has an unbroken log, of which every event is known, upcast and folded', async () => {
    const events = await log();
    expect(events.length).toBeGreaterThanOrEqual(landed.events);
    const chains = new Map<string, Buffer>();
    let head: Buffer = GENESIS;
    for (const event of events) {
      head = link(head, event.chain);
      expect(event.head).toEqual(head);
      verifyChain(event, chains.get(event.stream) ?? GENESIS);
      chains.set(event.stream, event.chain);
      const decider = deciders.find(({ streamPrefix }) => event.stream.startsWith(streamPrefix));
      expect(decider && typeof open(event, decider)).toBe('object');
    }
  });

  it('takes events and columns of a newer program: streams that have them are shown and not changed, all others are served', async () => {
    const images = new ImageClient(server);
    const created = await Promise.all(['strange', 'newer', 'plain'].map(async (name) => (await (await images.request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) })).json()) as Document));
    const [strange, newer, plain] = created.map(({ id }) => id) as [string, string, string];
    await client.query("ALTER TABLE afterimage.image ADD more text; ALTER TABLE afterimage.event ADD more text; INSERT INTO afterimage.kysely_migration VALUES ('9000-more', now())");
    await append(strange, 'ImageEmbalmed', 1);
    await append(newer, 'ImageTagsChanged', 2);
    const rename = (id: string) => images.status('PATCH', `/v2/images/${id}`, '[{"op":"replace","path":"/name","value":"renamed"}]', PATCH_TYPE);
    expect([await rename(strange), await rename(newer), await rename(plain)]).toEqual([503, 503, 200]);
    expect(await Promise.all([strange, newer, plain].map((id) => images.status('GET', `/v2/images/${id}`)))).toEqual([200, 200, 200]);
    await eventually(async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      for (const event of ['ImageEmbalmed.v1', 'ImageTagsChanged.v2']) expect(text).toMatch(new RegExp(`afterimage_unknown_events\\{event="${event}"\\} [1-9]`));
    });
    expect(server.output).toContain('event ImageEmbalmed.v1 is not known here and is left out; a newer process wrote it');
    expect((await log()).filter(({ type }) => type === 'ImageEmbalmed')).toHaveLength(1);
    // Another process of the same age starts on what is there now.
    const beside = await Server.start({ conf: `db_auto_create = False\n[database]\nconnection = ${database.url}\n[metadefs]\nload_defaults = False\n` });
    try {
      const other = new ImageClient(beside);
      const renamed = (one: ImageClient, id: string) => one.status('PATCH', `/v2/images/${id}`, '[{"op":"replace","path":"/name","value":"again"}]', PATCH_TYPE);
      expect([await renamed(other, strange), await renamed(other, plain), await renamed(images, plain)]).toEqual([503, 200, 200]);
      expect(await other.status('GET', `/v2/images/${newer}`)).toBe(200);
      expect(beside.output).toContain('a newer program has expanded the schema (9000-more)');
    } finally {
      await beside.dispose();
    }
  }, SLOW);

  /** As the newer program would. */
  async function append(id: string, type: string, v: number): Promise<void> {
    const stream = `image-${id}`;
    const { rows: [last] } = await client.query<{ revision: number; chain: Buffer; body: string }>('SELECT revision, chain, body FROM afterimage.event WHERE stream = $1 ORDER BY revision DESC LIMIT 1', [stream]);
    const before = JSON.parse(last?.body ?? '') as EventMeta;
    const meta: EventMeta = { ...before, id: before.id.replace(/.{8}$/, `0000000${v}`), v, creation: before.creation ?? before.id, hlc: before.hlc.replace(/.{4}$/, 'ffff') };
    const { id: eventId, body, data, salt } = seal({ type, data: { colour: 'red' } }, meta);
    await client.query(`WITH e AS (INSERT INTO afterimage.event (stream, revision, id, type, v, body, data, salt, chain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING seq)
      INSERT INTO afterimage.event_pending SELECT seq FROM e`, [stream, (last?.revision ?? 0) + 1, eventId, type, v, body, data, salt, chainOf(last?.chain ?? GENESIS, body)]);
  }
});
