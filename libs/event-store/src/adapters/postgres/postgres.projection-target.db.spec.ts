import { testDatabase } from '../../../../../test/support/postgres.js';
import type { SqlWrite } from '../../projection.js';
import type { EventStore } from '../../event-store.js';
import { projectionTargetContract } from '../../projector/projection-target.contract.js';
import { createMemoryEventStore } from '../memory/memory.event-store.js';
import { EVENT_STORE_MIGRATIONS } from './event-store.migrations.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';
import { createPostgresProjectionTarget } from './postgres.projection-target.js';

const PUT = `INSERT INTO elsewhere.value AS v (stream, revision, value) VALUES ($1, $2, $3)
  ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision, value = excluded.value WHERE v.revision < excluded.revision`;
const ADD = 'INSERT INTO elsewhere.sum AS s (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = s.value + excluded.value';
const PUT_MANY = `INSERT INTO elsewhere.value AS v (stream, revision, value) SELECT * FROM json_to_recordset($1::json) AS one(stream text, revision int, value int)
  ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision, value = excluded.value WHERE v.revision < excluded.revision`;
const ADD_MANY = `INSERT INTO elsewhere.sum AS s (name, value) SELECT name, sum(value) FROM json_to_recordset($1::json) AS one(name text, value int) GROUP BY name
  ON CONFLICT (name) DO UPDATE SET value = s.value + excluded.value`;

const KINDS: Readonly<Record<string, { put(stream: string, revision: number, value: number): Pick<SqlWrite, 'key' | 'many'>; add(name: string, value: number): Pick<SqlWrite, 'key' | 'many'> }>> = {
  'one by one': { put: () => ({}), add: () => ({}) },
  'rows together': { put: (stream, revision, value) => ({ key: stream, many: { text: PUT_MANY, row: { stream, revision, value } } }), add: (name, value) => ({ key: `of ${name}`, many: { text: ADD_MANY, row: { name, value }, sums: true } }) },
  'some together, about the same': {
    put: (stream, revision, value) => (revision % 3 === 0 ? { key: stream } : { key: stream, many: { text: PUT_MANY, row: { stream, revision, value } } }),
    add: (name, value) => (value % 2 === 0 ? { key: `of ${name}` } : { key: `of ${name}`, many: { text: ADD_MANY, row: { name, value }, sums: true } }),
  },
};

for (const [kind, { put, add }] of Object.entries(KINDS)) projectionTargetContract(`postgres, ${kind}`, async () => {
  const database = await testDatabase();
  const pool = createPool({ connectionString: database.url });
  await migrate(pool, EVENT_STORE_MIGRATIONS);
  await pool.query('CREATE TABLE value (stream text PRIMARY KEY, revision int, value int); CREATE TABLE sum (name text PRIMARY KEY, value int)');
  const all = async (text: string) => Object.fromEntries((await pool.query<{ key: string; value: number }>(text)).rows.map(({ key, value }) => [key, value]));
  return {
    target: createPostgresProjectionTarget({ pool, rewrite: (text) => text.replaceAll('elsewhere.', 'public.') }),
    put: (stream: string, revision: number, value: number) => [{ text: PUT, values: [stream, revision, value], ...put(stream, revision, value) }],
    add: (group: string, by: number) => [{ text: ADD, values: [group, by], ...add(group, by) }],
    failing: { text: PUT, values: ['s', 'no number', 1] },
    values: () => all('SELECT stream AS key, value FROM value'),
    sums: () => all('SELECT name AS key, value FROM sum'),
    clear: async () => void (await pool.query('TRUNCATE value, sum, afterimage.follower')),
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}, () => createMemoryEventStore() as EventStore<never>);
