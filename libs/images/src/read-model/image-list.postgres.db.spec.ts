import fc from 'fast-check';
import type { Pool } from 'pg';
import { createPool, EVENT_STORE_MIGRATIONS, migrate } from '#event-store';
import { testDatabase } from '../../../../test/support/postgres.js';
import { IMAGE_ID } from '../image/image.fixture.js';
import { imageListContract, type ImageListDriver } from './image-list.contract.js';
import { changeOf, queries, queryOf, seeds, sortedBy } from './image-list.fixture.js';
import { MemoryImageList, memoryImageProjection } from './image-list.memory.js';
import { IMAGE_MIGRATIONS } from './image-list.migrations.js';
import { PostgresImageList } from './image-list.postgres.js';
import { postgresImageProjection } from './image-list.writes.js';

async function open(window?: number): Promise<ImageListDriver & { readonly pool: Pool }> {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url, max: 4 });
  await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS });
  return {
    pool,
    list: new PostgresImageList(pool, window),
    async project(change) {
      for (const { text, values } of postgresImageProjection.write(change)) await pool.query(text, [...values]);
    },
    clear: async () => void (await pool.query('TRUNCATE afterimage.image, afterimage.image_member')),
    rows: async () => (await Promise.all([
      pool.query('SELECT * FROM afterimage.image ORDER BY id'), pool.query('SELECT * FROM afterimage.image_member ORDER BY image_id, member'),
    ])).flatMap(({ rows }) => rows),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}

imageListContract('postgres, windows of two rows', () => open(2));

describe.each([[200], [3]])('the PostgreSQL image list with windows of %i rows', (window) => {
  let driver: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => (driver = await open(window)));
  afterAll(() => driver.close());

  it('lists what memory lists, in the same order, whatever there is and whatever is asked', async () => {
    await fc.assert(fc.asyncProperty(seeds, fc.array(queries, { minLength: 20, maxLength: 20 }), async (images, asked) => {
      const oracle = new MemoryImageList();
      await driver.clear();
      const changes = images.map(changeOf);
      for (const change of changes) memoryImageProjection(oracle).write(change).forEach((write) => write());
      await Promise.all(changes.map(driver.project));
      for (const { marker, ...query } of asked) {
        const full = { ...query, marker: marker === undefined ? undefined : images[marker % images.length]?.id };
        const answer = (list: Pick<MemoryImageList, 'list'>) => list.list(full).then((found) => found, (error: { code: string }) => error.code);
        expect(await answer(driver.list)).toEqual(await answer(oracle));
      }
    }), { numRuns: 40 });
  }, 120_000);
});

describe('the statements of the PostgreSQL image list', () => {
  let driver: Awaited<ReturnType<typeof open>>;
  let single: Pool;
  const prepared = async () =>
    (await single.query<{ name: string }>("SELECT name FROM pg_prepared_statements WHERE name LIKE 'image-%' ORDER BY name")).rows.map(({ name }) => name);

  beforeAll(async () => {
    driver = await open();
    single = createPool({ ...driver.pool.options, max: 1 });
  });
  afterAll(async () => {
    await single.end();
    await driver.close();
  });

  it('names only bare lists by one key, and only so many of them', async () => {
    const list = new PostgresImageList(single);
    const bare = queryOf({ viewer: { admin: false, project: 'p1' }, limit: 20 });
    await list.list({ ...bare, filters: { name: ['a'] } });
    await list.list({ ...bare, filters: { tags: ['a'] } });
    await list.list({ ...bare, visibility: 'public' });
    await list.list({ ...bare, hidden: true });
    await list.list({ ...bare, memberStatus: 'all' });
    await list.list({ ...bare, sort: sortedBy('name', 'size') });
    await list.list({ ...bare, sort: sortedBy('-name', 'created_at') });
    await list.list({ ...bare, sort: sortedBy('name', 'id') });
    expect(await prepared()).toEqual([]);
    await list.list(bare);
    await list.list({ ...bare, filters: { name: undefined }, memberStatus: 'accepted' });
    expect(await prepared()).toEqual(['image-list-regular-project-first-created_at-desc-20']);
    await driver.project(changeOf({ id: IMAGE_ID, owner: 'p1' }));
    await list.list({ ...bare, marker: IMAGE_ID });
    await list.list({ ...bare, sort: sortedBy('name') });
    expect(await prepared()).toEqual([
      'image-find', 'image-list-regular-project-first-created_at-desc-20', 'image-list-regular-project-first-name-asc-20', 'image-list-regular-project-next-created_at-desc-20',
    ]);
    await driver.clear();
    for (let limit = 100; limit < 150; limit++) await list.list({ ...bare, limit });
    expect((await prepared()).filter((name) => name.startsWith('image-list'))).toHaveLength(32);
  });

  it.each([1, 2, 3])('looks further than its window where the page is not full, with limit %i', async (limit) => {
    const place = (n: number) => ({ id: `00000000-0000-4000-8000-00000000000${n}`, createdAt: n * 1000, tags: n < 5 ? ['old'] : [] });
    await driver.clear();
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => driver.project(changeOf(place(n)))));
    for (const window of [1, 2, 3, 4, 2000]) {
      const found = await new PostgresImageList(driver.pool, window).list(queryOf({ limit, filters: { tags: ['old'] } }));
      expect(found.map(({ id }) => id)).toEqual([4, 3, 2, 1].slice(0, limit).map((n) => place(n).id));
    }
    await driver.clear();
  });

  it('makes its table once, whoever else migrates', async () => {
    await Promise.all([1, 2].map(() => migrate(driver.pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS })));
    expect(await driver.rows()).toEqual([]);
  });
});
