import type { Pool } from 'pg';
import {
  createPool, createPostgresEventStore, createPostgresProjectionTarget, Deciders, EMPTY_STREAM, migrate, Projector, READ_MODEL, rebuild, seal, verifyReadModels,
  type Difference, type EventStore, type StreamHead,
} from '#event-store';
import { imageDecider, streamOf, taskDecider, type ImageEvent } from '#images';
import { created, history, located, started, stored } from '#images/conformance';
import { metadefsDecider } from '#metadefs';
import { testDatabase, type TestDatabase } from '../test/support/postgres.js';
import { MIGRATIONS, POSTGRES_PROJECTIONS } from './persistence.js';
import { READ_MODELS } from './read-models.js';

const ACTOR = { user: 'u', project: 'p1', roles: [], admin: true, service: null };
const LIFE: readonly ImageEvent[] = [created({ owner: 'p1', tags: ['t'] }), started(), stored({ size: 7 }), located()];
const id = (n: number, step = 0): string => `019a0000-0000-7000-8000-${String(n * 10 + step).padStart(12, '0')}`;

describe('read models that follow the log', () => {
  let database: TestDatabase;
  let pool: Pool;
  let store: EventStore;
  const deciders = new Deciders([imageDecider, metadefsDecider, taskDecider]);
  const follower = (page: number) => new Projector({ store, deciders, projections: POSTGRES_PROJECTIONS, target: createPostgresProjectionTarget({ pool }), name: READ_MODEL, page });
  const asked = () => ({ pool, store, deciders, models: READ_MODELS, following: READ_MODEL });
  const differences = async (): Promise<Difference[]> => {
    const found: Difference[] = [];
    await verifyReadModels(asked(), (one) => found.push(one));
    return found;
  };
  const used = async () => (await pool.query<{ bytes: string; images: string }>("SELECT sum(bytes) AS bytes, sum(images) AS images FROM afterimage.usage WHERE owner = 'p1'")).rows[0];
  const rows = async () => (await pool.query('SELECT FROM afterimage.image')).rowCount;

  async function append(first: number, images: number): Promise<void> {
    for (let n = first; n < first + images; n++) {
      let head: StreamHead = EMPTY_STREAM;
      const stream = streamOf(id(n));
      for (const [step, { type, data, meta }] of history(LIFE).entries()) {
        head = await store.append(stream, head, [seal({ type, data }, {
          ...meta, id: id(n, step), creation: step === 0 ? null : id(n), stream, v: 1, actor: ACTOR, requestId: null, causationId: null, correlationId: null,
        })]);
      }
    }
  }
  const logged = async (events: number) => {
    while ((await store.head()) < BigInt(events)) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool({ connectionString: database.url, max: 10 });
    await migrate(pool, MIGRATIONS);
    store = createPostgresEventStore({ pool }) as EventStore;
    await append(1, 30);
    await logged(120);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await pool.end();
    await database.drop();
  });

  it('are compared with the log as far as they have come', async () => {
    const behind = follower(50);
    await behind.next();
    expect(await createPostgresProjectionTarget({ pool }).checkpoint(READ_MODEL)).toBe(50n);
    expect(await differences()).toEqual([]);
    await pool.query("UPDATE afterimage.image SET name = 'by hand' WHERE id = $1", [id(1)]);
    expect(await differences()).toEqual([expect.objectContaining({ table: 'image', live: 'by hand' })]);
  }, 60_000);

  it('are made anew while others write and follow, and nothing is lost or counted twice', async () => {
    let ended = false;
    const following = (async () => {
      const [one, other] = [follower(7), follower(11)];
      while (!ended) await Promise.all([one.next(), other.next()]);
    })();
    const writing = Promise.all([append(100, 20), append(200, 20), append(300, 20)]);
    try {
      for (let times = 0; times < 3; times++) await rebuild(asked());
      await writing;
      await logged(360);
    } finally {
      ended = true;
      await following;
    }
    await follower(500).catchUp();
    expect([await rows(), await used()]).toEqual([90, { bytes: String(90 * 7), images: '90' }]);
    expect(await differences()).toEqual([]);
  }, 120_000);

  it('are filled where there were none', async () => {
    await pool.query('TRUNCATE afterimage.image, afterimage.usage, afterimage.follower');
    await rebuild(asked());
    await follower(500).catchUp();
    expect([await rows(), await used()]).toEqual([90, { bytes: String(90 * 7), images: '90' }]);
    expect(await differences()).toEqual([]);
  }, 60_000);
});
