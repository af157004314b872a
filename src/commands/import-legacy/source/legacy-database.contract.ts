import type { LegacyDatabase, Row } from './legacy-database.js';
import { openSource } from './open-source.js';

/** Statements that every engine takes as they are, but for quotes around names. */
export const TABLES = [
  'CREATE TABLE images (id VARCHAR(36) PRIMARY KEY, name VARCHAR(255), size BIGINT, protected BOOLEAN, created_at TIMESTAMP NULL)',
  "INSERT INTO images VALUES ('a', 'täglich 日', 9007199254740993, TRUE, '2013-04-05 06:07:08'), ('c', NULL, NULL, FALSE, NULL), ('b', '', 0, NULL, '1999-12-31 23:59:59')",
  'CREATE TABLE image_properties (id INTEGER PRIMARY KEY, image_id VARCHAR(36), value TEXT)',
  "INSERT INTO image_properties VALUES (3, 'a', 'x'), (10, 'b', 'y'), (2, 'c', 'z'), (1, 'b', 'w')",
];

interface Setup {
  readonly url: string;
  tidy(): Promise<void>;
}

/** What every reader of old databases must do. */
export function legacyDatabaseContract(engine: string, setUp: (statements: readonly string[]) => Promise<Setup>): void {
  describe(`An old database (${engine})`, () => {
    let setup: Setup;
    let database: LegacyDatabase;
    const ids = (rows: readonly Row[]) => rows.map(({ id }) => id);

    beforeAll(async () => {
      setup = await setUp(TABLES);
      database = await openSource(setup.url);
    }, 120_000);
    afterAll(async () => {
      await database.close();
      await setup.tidy();
    }, 60_000);

    it('says which columns a table has, and that there is no such table', async () => {
      expect(await database.columns('images')).toEqual(new Set(['id', 'name', 'size', 'protected', 'created_at']));
      expect(await database.columns('nothing')).toBeUndefined();
    });

    it('gives every value as text, whole and unchanged', async () => {
      const [first, second, third] = await database.page({ table: 'images', key: 'id', limit: 10 });
      expect(first).toMatchObject({ id: 'a', name: 'täglich 日', size: '9007199254740993', created_at: expect.stringMatching(/^2013-04-05 06:07:08/) });
      expect(['1', 't']).toContain(first?.['protected']);
      expect(second).toMatchObject({ id: 'b', name: '', size: '0', protected: null });
      expect(third).toMatchObject({ id: 'c', name: null, size: null, created_at: null });
      expect(['0', 'f']).toContain(third?.['protected']);
    });

    it('is read page by page in the order of a key, text or number', async () => {
      expect(ids(await database.page({ table: 'images', key: 'id', limit: 2 }))).toEqual(['a', 'b']);
      expect(ids(await database.page({ table: 'images', key: 'id', after: 'b', limit: 2 }))).toEqual(['c']);
      expect(ids(await database.page({ table: 'images', key: 'id', after: 'c', limit: 2 }))).toEqual([]);
      expect(ids(await database.page({ table: 'image_properties', key: 'id', after: '2', limit: 9 }))).toEqual(['3', '10']);
    });

    it('gives all rows of some values in an order, and none of none', async () => {
      expect(ids(await database.rowsOf('image_properties', 'image_id', ['b', 'c', "'"], 'id'))).toEqual(['1', '2', '10']);
      expect(ids(await database.rowsOf('image_properties', 'id', ['10', '3'], 'id'))).toEqual(['3', '10']);
      expect(await database.rowsOf('image_properties', 'image_id', [], 'id')).toEqual([]);
    });

    it('counts rows', async () => {
      expect(await database.count('images')).toBe(3);
    });

    it('names itself without a password', () => {
      expect(database.place).not.toMatch(/pw|:\/\//);
    });
  });
}
