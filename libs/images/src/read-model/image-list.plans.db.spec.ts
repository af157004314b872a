import type { Pool } from 'pg';
import { createPool, EVENT_STORE_MIGRATIONS, migrate } from '#event-store';
import { FILLED, FILLED_TAGS, fillImages } from '../../../../test/support/fill-images.js';
import { testDatabase, type TestDatabase } from '../../../../test/support/postgres.js';
import { imageOf, type Image } from '../image/image.js';
import { created, fold, history, located, started, stored } from '../image/image.fixture.js';
import { ADMIN, id, project, queryOf, sortedBy, type SortName } from './image-list.fixture.js';
import { IMAGE_MIGRATIONS } from './image-list.migrations.js';
import { PostgresImageList } from './image-list.postgres.js';
import { SORT_KEYS, type ImageFilters, type ImageQuery, type Viewer } from './image-list.js';
import type { Statement } from './sql-values.js';

const ROWS = 30_000;
const PAGE = 20;
/** ms that a step may take on a machine that is busy with other things. */
const LOADED = 120_000;
/** Where one in 25 passes a filter, 500 rows are read for a page; several branches may do so. */
const MOST = ROWS / 20;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: Plan }];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
const removed = (plan: Plan): number => (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Index Recheck'] ?? 0);

/** Rows that were looked at in tables and sorted, and tables read from end to end. */
function costOf(plans: readonly Plan[]) {
  const all = plans.flatMap(nodes);
  const rows = (of: readonly Plan[]) => of.reduce((sum, plan) => sum + (plan['Actual Rows'] + removed(plan)) * plan['Actual Loops'], 0);
  return {
    read: Math.round(rows(all.filter((plan) => plan['Relation Name'] !== undefined))),
    sorted: Math.round(rows(all.filter((plan) => plan['Node Type'] === 'Sort').flatMap((plan) => plan.Plans ?? []))),
    scanned: all.filter((plan) => plan['Node Type'] === 'Seq Scan').map((plan) => plan['Relation Name']),
  };
}

describe(`user-asks 34: plans of the image list among ${ROWS} images`, () => {
  let database: TestDatabase;
  let pool: Pool;
  let asked: Statement[] = [];
  let list: PostgresImageList;
  const like = imageOf(id(1), fold(history([created(), started(), stored(), located()]))) as Image;

  const costs = async (query: Partial<ImageQuery>) => {
    asked = [];
    const images = await list.list(queryOf({ limit: PAGE, ...query }));
    const explained = await Promise.all(asked.map(({ text, values }) => pool.query<Explained>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values])));
    return { images, ...costOf(explained.flatMap(({ rows }) => rows.map((row) => row['QUERY PLAN'][0].Plan))) };
  };

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool({ connectionString: database.url, max: 2 });
    await migrate(pool, { ...EVENT_STORE_MIGRATIONS, ...IMAGE_MIGRATIONS });
    await fillImages(pool, ROWS, like);
    const query = (statement: Statement) => {
      if (statement.name !== 'image-find') asked.push(statement);
      return pool.query(statement.text, [...statement.values]);
    };
    list = new PostgresImageList({ query } as unknown as Pool);
  }, LOADED);
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const viewers: readonly [string, Viewer][] = [
    ['an admin', ADMIN], ['an owner of few', project(FILLED.few)], ['an owner of many', project(FILLED.many)],
    ['a member of few', project(FILLED.memberOfFew)], ['a member of many', project(FILLED.memberOfMany)], ['nobody', project(null)],
  ];

  it('fills images as the projection writes them', async () => {
    const found = await list.find((await costs({})).images[0]?.id ?? '');
    expect(Object.keys(found ?? {}).toSorted()).toEqual(Object.keys(like).toSorted());
  });

  const frugal = ({ read, sorted, scanned }: Awaited<ReturnType<typeof costs>>) =>
    expect({ tooMuchRead: read > MOST && read, tooMuchSorted: sorted > MOST && sorted, scanned }).toEqual({ tooMuchRead: false, tooMuchSorted: false, scanned: [] });

  describe.each(viewers)('for %s', (_who, viewer) => {
    const sorts = SORT_KEYS.flatMap((key) => [[key], [`-${key}`]] as SortName[][]);
    it.each(sorts.map((sort) => ({ sort })))('read no more than a page and what is left out, first and far: $sort', async ({ sort }) => {
      const query = { viewer, sort: sortedBy(...sort) };
      const first = await costs(query);
      expect(first.images).toHaveLength(PAGE);
      frugal(first);
      const far = await list.list(queryOf({ ...query, limit: 1000 }));
      const next = await costs({ ...query, marker: far.at(-1 - PAGE)?.id });
      expect(next.images).toHaveLength(PAGE);
      frugal(next);
    }, LOADED);

    const number = (column: 'size' | 'virtual_size' | 'min_disk' | 'min_ram', op: 'eq' | 'min' | 'max', value: number): ImageFilters => ({ numbers: [{ column, op, value }] });
    it.each<ImageFilters>([
      { name: ['debian-13'] }, { name: ['image-77'] }, { id: [id(1)] }, { status: ['saving'] }, { status: ['active'] }, { containerFormat: ['ovf'] },
      { diskFormat: ['iso'] }, { owner: FILLED.few }, { owner: FILLED.many }, { checksum: 'c0' }, { osHashAlgo: 'sha256' }, { osHashAlgo: 'sha512' },
      { osHashValue: 'h0' }, { protected: true }, { protected: false }, number('size', 'eq', 77), number('size', 'min', 9e9), number('size', 'max', 1e9),
      number('min_disk', 'eq', 10), number('min_ram', 'min', 1), number('virtual_size', 'min', 1),
      { times: [{ column: 'created_at', op: 'lt', at: new Date('2024-11-02') }] }, { times: [{ column: 'updated_at', op: 'lt', at: new Date('2024-11-02') }] },
      { tags: [FILLED_TAGS.common] }, { tags: [FILLED_TAGS.rare] }, { tags: ['none'] },
      { properties: { os_distro: 'debian' } }, { properties: { os_edition: 'golden' } }, { properties: { os_edition: 'none' } },
    ])('find by an index, or soon: %j', async (filters) => {
      frugal(await costs({ viewer, filters }));
    }, LOADED);

    it('find hidden ones', async () => frugal(await costs({ viewer, hidden: true })));

    it.each(['public', 'private', 'shared', 'community', 'all'] as const)('read %s ones', async (visibility) => frugal(await costs({ viewer, visibility, memberStatus: 'all' })));
  });

  describe('for an owner whose images all stand at the far end', () => {
    beforeAll(async () => {
      await pool.query(`UPDATE afterimage.image SET name = 'zz-' || name, size = size + 1e12, disk_format = 'vmdk', container_format = 'ova',
        updated_at = updated_at - interval '9 years', status = CASE WHEN visibility = 'shared' THEN 'saving' ELSE status END WHERE owner = $1`, [FILLED.many]);
      await pool.query('ANALYZE afterimage.image');
    }, LOADED);

    it.each<SortName>(['name', 'size', 'disk_format', 'container_format', '-updated_at', 'status'])('read its own alone by %s', async (key) => {
      const { images, read, sorted } = await costs({ viewer: project(FILLED.many), visibility: 'shared', sort: sortedBy(key) });
      expect(images).toHaveLength(PAGE);
      expect(read + sorted).toBeLessThanOrEqual(3 * PAGE);
    });
  });

  it('look farther for what many have, but none of the newest, before sorting all of it', async () => {
    await pool.query(`UPDATE afterimage.image SET tags = '{}' WHERE id IN (SELECT id FROM afterimage.image ORDER BY created_at DESC LIMIT 900)`);
    expect((await costs({ filters: { tags: [FILLED_TAGS.common] } })).images).toHaveLength(PAGE);
    // The newest, what few have, and farther than the newest.
    expect(asked).toHaveLength(3);
  }, LOADED);

  const everyOrder = SORT_KEYS.filter((key) => key !== 'id').flatMap((key) => (['asc', 'desc'] as const).map((direction) => ({ key, direction })));
  it.each(everyOrder)('read bare lists by $key $direction by plans that do not know who asks', async ({ key, direction }) => {
    const sort = sortedBy(direction === 'asc' ? key : `-${key}`);
    const client = await pool.connect();
    try {
      await client.query('SET plan_cache_mode = force_generic_plan');
      for (const [, viewer] of viewers) {
        const far = await list.list(queryOf({ viewer, sort, limit: 300 }));
        for (const marker of [undefined, far.at(-1 - PAGE)?.id]) {
          await costs({ viewer, sort, marker });
          const [{ text, values }] = asked as [Statement];
          const given = values.length > 0 ? `(${values.map((value) => `'${String(value)}'`).join(', ')})` : '';
          await client.query(`PREPARE bare AS ${text}`);
          const { rows } = await client.query<Explained>(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE bare ${given}`);
          frugal({ images: [], ...costOf(rows.map((row) => row['QUERY PLAN'][0].Plan)) });
          await client.query('DEALLOCATE bare');
        }
      }
    } finally {
      client.release(true);
    }
  }, LOADED);

  it('finds what a scrubber may take page by page, without a look at the rest', async () => {
    await pool.query(`UPDATE afterimage.image SET status = 'pending_delete', listed = false,
      doc = doc || jsonb_build_object('status', 'pending_delete', 'scrubAfter', '2026-12-01T00:00:' || lpad((hashtext(id::text) & 31)::text, 2, '0') || '.000Z')
      WHERE id IN (SELECT id FROM afterimage.image ORDER BY id LIMIT 3000)`);
    await pool.query('ANALYZE afterimage.image');
    const first = await list.dueForScrub('2026-12-01T00:00:20.000Z', undefined, 1000);
    asked = [];
    const page = await list.dueForScrub('2026-12-01T00:00:20.000Z', first.at(-1), PAGE);
    expect(page).toHaveLength(PAGE);
    const explained = await Promise.all(asked.map(({ text, values }) => pool.query<Explained>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values])));
    expect(costOf(explained.flatMap(({ rows }) => rows.map((row) => row['QUERY PLAN'][0].Plan)))).toEqual({ read: PAGE, sorted: 0, scanned: [] });
  }, LOADED);
});
