import type { TestingModule } from '@nestjs/testing';
import type { Claims, CommandContext } from '#event-store';
import { DefinitionsService } from './definitions.service.js';
import { association, object, property, tag } from './metadefs/metadefs.fixture.js';
import { memoryPlace, metadefsApp, Rules } from './metadefs.fixture.js';
import { MetadefsService } from './metadefs.service.js';
import type { NamespaceQuery } from './read-model/catalog.js';

const policy = new Rules();

const context = (project: string, admin = false): CommandContext => ({ actor: { user: 'u', project, roles: [], admin, service: null }, requestId: null });
const ADMIN = context('p1', true);
const MEMBER = context('p1');
const STRANGER = context('p2');
const PAGE: Omit<NamespaceQuery, 'viewer'> = { sort: { key: 'created_at', direction: 'desc' }, limit: 25 };

describe('metadata definitions', () => {
  let module: TestingModule;
  let claims: Claims;
  let namespaces: MetadefsService;
  let definitions: DefinitionsService;
  let now = Date.now();

  beforeEach(async () => {
    policy.forbidden = [];
    const place = memoryPlace(() => now);
    claims = place.claims;
    module = await metadefsApp(place, policy);
    namespaces = module.get(MetadefsService);
    definitions = module.get(DefinitionsService);
  });
  afterEach(() => module.close());

  const code = (promise: Promise<unknown>) => promise.then(() => 'done', (error: { code: string }) => error.code);
  const outcomes = (...promises: Promise<unknown>[]) => Promise.all(promises.map(code)).then((codes) => codes.toSorted());
  const names = async (who: CommandContext) => (await namespaces.list(who, PAGE)).map(({ name }) => name);

  it('reads what it wrote', async () => {
    await namespaces.create(ADMIN, { name: 'a' }, [property('p'), object('o'), tag('t'), association('r', 'x_')]);
    const { namespace, content } = await namespaces.show(ADMIN, 'a');
    expect(namespace).toMatchObject({ name: 'a', visibility: 'private', protected: false, owner: 'p1', associations: [{ name: 'r' }] });
    expect(content).toMatchObject({ properties: [{ name: 'p' }], objects: [{ name: 'o' }], tags: [{ name: 't' }] });
    expect(await namespaces.resourceTypes(ADMIN)).toMatchObject([{ name: 'r', protected: false }]);
  });

  it('OSSN-0088: lets only admins write', async () => {
    await namespaces.create(ADMIN, { name: 'a', visibility: 'public', owner: 'p1' }, [tag('t')]);
    for (const refused of [
      namespaces.create(MEMBER, { name: 'b' }, []), namespaces.change(MEMBER, 'a', { name: 'a' }), namespaces.delete(MEMBER, 'a'),
      definitions.add(MEMBER, 'a', property('p')), definitions.replace(MEMBER, 'a', 't', tag('u')), definitions.remove(MEMBER, 'a', 'tag', 't'),
      definitions.removeAll(MEMBER, 'a', 'object'), definitions.defineTags(MEMBER, 'a', ['x'], true), definitions.add(MEMBER, 'a', association('r')),
    ]) expect(await code(refused)).toBe('MetadefsForbidden');
    expect(await namespaces.resourceTypes(ADMIN)).toEqual([]);
  });

  it('OSSN-0088: shows the private namespaces of a project to it and to admins alone, whatever is tried with them', async () => {
    await namespaces.create(ADMIN, { name: 'mine' }, [property('p')]);
    await namespaces.create(ADMIN, { name: 'all', visibility: 'public' }, []);
    expect([await names(ADMIN), await names(MEMBER), await names(STRANGER)]).toEqual([['all', 'mine'], ['all', 'mine'], ['all']]);
    for (const hidden of [
      namespaces.show(STRANGER, 'mine'), namespaces.change(STRANGER, 'mine', { name: 'x' }), namespaces.delete(STRANGER, 'mine'),
      definitions.list(STRANGER, 'mine', 'property'), definitions.show(STRANGER, 'mine', 'property', 'p'), definitions.add(STRANGER, 'mine', tag('t')),
      definitions.removeAll(STRANGER, 'mine', 'property'), namespaces.list(STRANGER, { ...PAGE, marker: 'mine' }),
    ]) expect(await code(hidden)).toBe('NamespaceNotFound');
    expect(await code(namespaces.show(MEMBER, 'mine'))).toBe('done');
  });

  it('takes a namespace for missing where a rule forbids an action and to see it', async () => {
    await namespaces.create(ADMIN, { name: 'a' }, [tag('t')]);
    policy.forbidden = ['delete_metadef_tags', 'add_metadef_tag'];
    expect(await outcomes(definitions.removeAll(ADMIN, 'a', 'tag'), definitions.add(ADMIN, 'a', tag('u')))).toEqual(['MetadefsForbidden', 'MetadefsForbidden']);
    policy.forbidden = ['delete_metadef_tags', 'get_metadef_namespace'];
    expect(await code(definitions.removeAll(ADMIN, 'a', 'tag'))).toBe('NamespaceNotFound');
    expect(await names(ADMIN)).toEqual([]);
  });

  it('asks the rule of every kind that a new namespace comes with', async () => {
    policy.forbidden = ['add_metadef_object'];
    expect(await outcomes(namespaces.create(ADMIN, { name: 'a' }, [object('o')]), namespaces.create(ADMIN, { name: 'b' }, [tag('t')]))).toEqual(['MetadefsForbidden', 'done']);
  });

  it('needs the prefix of a resource type to show one of its properties', async () => {
    await namespaces.create(ADMIN, { name: 'a' }, [property('p'), association('r', 'x_'), association('bare')]);
    expect(await definitions.showProperty(ADMIN, 'a', 'x_p', 'r')).toMatchObject({ name: 'p' });
    expect(await outcomes(definitions.showProperty(ADMIN, 'a', 'p', 'r'), definitions.showProperty(ADMIN, 'a', 'p', 'bare'), definitions.showProperty(ADMIN, 'a', 'p', 'other')))
      .toEqual(['DefinitionNotFound', 'PrefixMissing', 'PrefixMissing']);
  });

  describe('the name of a namespace', () => {
    it('goes to exactly one of several that are created at once', async () => {
      expect(await outcomes(...Array.from({ length: 5 }, () => namespaces.create(ADMIN, { name: 'a' }, []))))
        .toEqual([...Array.from({ length: 4 }, () => 'NamespaceExists'), 'done']);
      expect(await names(ADMIN)).toEqual(['a']);
    });

    it('goes to exactly one of a creation and a renaming at once', async () => {
      await namespaces.create(ADMIN, { name: 'a' }, []);
      expect(await outcomes(namespaces.create(ADMIN, { name: 'b' }, []), namespaces.change(ADMIN, 'a', { name: 'b' }))).toEqual(['NamespaceExists', 'done']);
      expect((await names(ADMIN)).filter((name) => name === 'b')).toHaveLength(1);
    });

    it('is free again after a deletion, and after a renaming', async () => {
      await namespaces.create(ADMIN, { name: 'a' }, []);
      await namespaces.change(ADMIN, 'a', { name: 'b' });
      await namespaces.create(ADMIN, { name: 'a' }, []);
      await namespaces.delete(ADMIN, 'b');
      await namespaces.create(ADMIN, { name: 'b' }, []);
      expect(await names(ADMIN)).toEqual(['b', 'a']);
    });

    it('is not lost to a process that died between the claim and the event', async () => {
      await claims.name('metadef-namespace', 'a', 'metadefs-dead');
      await claims.acquire('metadef-namespace-giving', 'a', 'metadefs-dead', 15_000);
      expect(await code(namespaces.create(ADMIN, { name: 'a' }, []))).toBe('NamespaceExists');
      now += 15_001;
      expect(await code(namespaces.create(ADMIN, { name: 'a' }, []))).toBe('done');
    });

    it('stays taken when all claims are lost', async () => {
      await namespaces.create(ADMIN, { name: 'a' }, []);
      await claims.unname('metadef-namespace', 'a', `metadefs-${(await namespaces.find(ADMIN, 'a')).id}`);
      expect(await code(namespaces.create(ADMIN, { name: 'a' }, []))).toBe('NamespaceExists');
    });

    it('stays with the namespace when a refused renaming is over', async () => {
      await namespaces.create(ADMIN, { name: 'a' }, []);
      await namespaces.create(ADMIN, { name: 'b' }, []);
      expect(await code(namespaces.change(ADMIN, 'a', { name: 'b' }))).toBe('NamespaceExists');
      expect(await code(namespaces.create(ADMIN, { name: 'a' }, []))).toBe('NamespaceExists');
    });
  });
});
