import type { StateChange } from '#event-store';
import { added, association, changed, created, defined, deleted, EPOCH, object, property, tag } from '../metadefs/metadefs.fixture.js';
import type { MetadefsState } from '../metadefs/metadefs.state.js';
import { RESOURCE_TYPES_STREAM } from '../metadefs/namespace.js';
import { change, idOf, namespace } from './catalog.fixture.js';
import { NAMESPACE_SORT_KEYS, type MetadefCatalog, type NamespaceQuery } from './catalog.js';

export interface CatalogDriver {
  readonly catalog: MetadefCatalog;
  project(change: StateChange<MetadefsState>): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

const ADMIN = { admin: true, project: null };
const NEWEST: Omit<NamespaceQuery, 'viewer'> = { sort: { key: 'created_at', direction: 'desc' }, limit: 25 };

/** What every driver of the catalog must do. */
export function metadefCatalogContract(name: string, open: () => Promise<CatalogDriver>): void {
  describe(`the metadef catalog (${name})`, () => {
    let driver: CatalogDriver;
    beforeAll(async () => (driver = await open()));
    beforeEach(() => driver.clear());
    afterAll(() => driver.close());

    const put = async (...changes: StateChange<MetadefsState>[]) => {
      for (const one of changes) await driver.project(one);
    };
    const names = async (query: Partial<NamespaceQuery> = {}) =>
      (await driver.catalog.list({ viewer: ADMIN, ...NEWEST, ...query })).map((one) => one.name);

    it('finds a namespace by its name, with what it defines', async () => {
      await put(namespace(1, { name: 'a', description: 'Größe' }, defined(property('p', { title: 't', type: 'string' })), defined(object('o')), defined(tag('t')), defined(association('r', 'x_'))));
      const found = await driver.catalog.find('a');
      expect(found).toMatchObject({ id: idOf(1), name: 'a', description: 'Größe', displayName: null, associations: [{ name: 'r', prefix: 'x_', propertiesTarget: null }] });
      const content = await driver.catalog.content(idOf(1));
      expect(content).toMatchObject({ properties: [{ name: 'p' }], objects: [{ name: 'o', required: null }], tags: [{ name: 't' }] });
      expect(JSON.stringify(content?.properties[0]?.schema)).toBe('{"title":"t","type":"string"}');
      expect(await driver.catalog.find('A')).toBeUndefined();
    });

    it('forgets a namespace that is gone, but not its id', async () => {
      await put(namespace(1, { name: 'a' }), namespace(1, { name: 'a' }, deleted));
      expect(await driver.catalog.find('a')).toBeUndefined();
      expect(await driver.catalog.content(idOf(1))).toBeUndefined();
      expect(await names()).toEqual([]);
      expect(await driver.catalog.known([idOf(1), idOf(2)])).toEqual(new Set([idOf(1)]));
    });

    it('knows an id whose deletion came before its creation', async () => {
      await put(change(`metadefs-${idOf(3)}`, [deleted]));
      expect(await driver.catalog.known([idOf(3)])).toEqual(new Set([idOf(3)]));
    });

    it('stays at the latest revision, in whatever order the changes come', async () => {
      await put(namespace(1, { name: 'a' }, changed({ name: 'b' })), namespace(1, { name: 'a' }));
      expect(await names()).toEqual(['b']);
      const types = [added('r1', true), added('r2')];
      await put(change(RESOURCE_TYPES_STREAM, types), change(RESOURCE_TYPES_STREAM, types.slice(0, 1)));
      expect((await driver.catalog.resourceTypes()).map((type) => type.name)).toEqual(['r1', 'r2']);
    });

    it('lists nothing of a namespace before its creation has come', async () => {
      await put(change(`metadefs-${idOf(1)}`, [defined(tag('t'))]));
      expect(await names()).toEqual([]);
      expect(await driver.catalog.resourceTypes()).toEqual([]);
    });

    it('shows an admin all, and others what is public or theirs', async () => {
      await put(namespace(1, { name: 'mine', owner: 'p1' }), namespace(2, { name: 'theirs', owner: 'p2' }), namespace(3, { name: 'all', owner: 'p2', visibility: 'public' }), namespace(4, { name: 'nobody', owner: null }));
      expect(await names()).toEqual(['nobody', 'all', 'theirs', 'mine']);
      expect(await names({ viewer: { admin: false, project: 'p1' } })).toEqual(['all', 'mine']);
      expect(await names({ viewer: { admin: false, project: null } })).toEqual(['all']);
    });

    it('filters by visibility, owner and any of some resource types', async () => {
      await put(
        namespace(1, { name: 'a', owner: 'p1' }, defined(association('r1'))), namespace(2, { name: 'b', visibility: 'public' }, defined(association('r2')), defined(association('r1'))),
        namespace(3, { name: 'c', owner: 'p2' }),
      );
      expect(await names({ visibility: 'public' })).toEqual(['b']);
      expect(await names({ owner: 'p1' })).toEqual(['b', 'a']);
      expect(await names({ resourceTypes: ['r2', 'r9'] })).toEqual(['b']);
      expect(await names({ resourceTypes: ['r1'], visibility: 'private' })).toEqual(['a']);
      expect(await names({ resourceTypes: [] })).toEqual([]);
    });

    it.each(NAMESPACE_SORT_KEYS)('pages by %s in both directions, without gap or double', async (key) => {
      await put(...[['b', 'x'], ['B', null], ['ä', 'x'], ['😀', ''], ['\uffee', 'y'], ['a', 'x']].map(([one, text], n) =>
        namespace(n, { name: one ?? '', displayName: text, description: text, owner: text, visibility: n % 2 ? 'public' : 'private', protected: n % 3 === 0 })));
      const all = await names({ sort: { key, direction: 'asc' } });
      expect(await names({ sort: { key, direction: 'desc' } })).toEqual(all.toReversed());
      if (key === 'namespace') expect(all).toEqual(['B', 'a', 'b', 'ä', '\uffee', '😀']);
      if (key === 'display_name') expect(all).toEqual(['B', '😀', 'b', 'ä', 'a', '\uffee']);
      for (const direction of ['asc', 'desc'] as const) {
        const seen: string[] = [];
        for (let marker: string | undefined, page; !page || page.length > 0; marker = page.at(-1)?.id) {
          page = await driver.catalog.list({ viewer: ADMIN, sort: { key, direction }, limit: 2, marker });
          seen.push(...page.map((one) => one.name));
        }
        expect(seen).toEqual(direction === 'asc' ? all : all.toReversed());
      }
    });

    it('pages on after a marker that the filters leave out, and shows nothing after one that is gone', async () => {
      await put(namespace(1, { name: 'a' }), namespace(2, { name: 'b', visibility: 'public' }), namespace(3, { name: 'c' }), namespace(4, { name: 'd' }, deleted));
      expect(await names({ marker: idOf(2), visibility: 'private' })).toEqual(['a']);
      expect(await names({ marker: idOf(4) })).toEqual([]);
      expect(await names({ limit: 0 })).toEqual([]);
    });

    it('lets the namespace that was named first keep a name that sites gave twice, and finds the other by its spare name', async () => {
      const twin = change(`metadefs-${idOf(2)}`, [created({ name: 'same', owner: 'p2' })], { ms: EPOCH, site: 'site-b' });
      await put(namespace(1, { name: 'same', owner: 'p1' }), twin);
      expect(await driver.catalog.find('same')).toMatchObject({ id: idOf(2) });
      expect(await driver.catalog.find('same~00000001')).toMatchObject({ id: idOf(1), name: 'same~00000001' });
      expect(await names()).toEqual(['same~00000001', 'same']);
      expect(await driver.catalog.find('other~00000001')).toBeUndefined();
      await put(change(`metadefs-${idOf(2)}`, [created({ name: 'same' }), deleted], { ms: EPOCH, site: 'site-b' }));
      expect(await driver.catalog.find('same')).toMatchObject({ id: idOf(1), name: 'same' });
    });
  });
}
