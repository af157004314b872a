import { givenFor } from '#event-store';
import { AddResourceTypes } from './add-resource-types.js';
import { ChangeNamespace, DeleteNamespace } from './change-namespace.js';
import { CreateNamespace } from './create-namespace.js';
import { MOST_DEFINITIONS } from './define.js';
import { metadefsDecider } from './metadefs.decider.js';
import { added, association, ATTRIBUTES, changed, CONTEXT, created, defined, deleted, NAMESPACE_ID, object, property, tag } from './metadefs.fixture.js';

const given = givenFor(metadefsDecider);
const create = (...definitions: ConstructorParameters<typeof CreateNamespace>[3][number][]) => new CreateNamespace(CONTEXT, NAMESPACE_ID, ATTRIBUTES, definitions);
const change = (attributes: Partial<typeof ATTRIBUTES> = {}) => new ChangeNamespace(CONTEXT, NAMESPACE_ID, { ...ATTRIBUTES, ...attributes });
const remove = () => new DeleteNamespace(CONTEXT, NAMESPACE_ID);

describe('creating a namespace', () => {
  it('writes what it is and each thing it defines as facts of their own, at once', () => {
    given().when(create(association('OS::Nova::Server', 'hw_'), object('Door'), tag('hot'), property('hw_rack')))
      .decides(created(), defined(association('OS::Nova::Server', 'hw_')), defined(object('Door')), defined(tag('hot')), defined(property('hw_rack')));
  });

  it.each([
    ['property', property('a'), property('a')], ['object', object('a'), object('a')], ['tag', tag('a'), tag('A')], ['association', association('a'), association('a')],
  ])('refuses the same %s twice', (_kind, one, again) => {
    given().when(create(one, again)).refuses('DefinitionExists');
  });

  it('takes one name for definitions of several kinds', () => {
    given().when(create(property('a'), object('a'), tag('a'), property('A'))).state();
  });

  it('refuses a stream that has, or once had, a namespace', () => {
    given(created()).when(create()).refuses('NamespaceExists');
    given(created(), deleted).when(create()).refuses('NamespaceExists');
  });

  it('OSSN-0088: refuses more definitions of a kind than a namespace may have', () => {
    const many = Array.from({ length: MOST_DEFINITIONS + 1 }, (_, i) => tag(`t${i}`));
    given().when(create(...many)).refuses('TooManyDefinitions');
    given().when(create(...many.slice(1), property('a'))).state();
  });
});

describe('changing a namespace', () => {
  it('writes only what is different', () => {
    given(created()).when(change({ name: 'new', protected: true })).decides(changed({ name: 'new', protected: true }));
    given(created()).when(change()).decides();
  });

  it('changes a protected one too', () => {
    given(created({ protected: true })).when(change()).decides(changed({ protected: false }));
  });

  it('refuses one that is not there, or not any more', () => {
    given().when(change()).refuses('NamespaceNotFound');
    given(created(), deleted).when(change()).refuses('NamespaceNotFound');
  });
});

describe('deleting a namespace', () => {
  it('takes it with all that it defines', () => {
    given(created(), defined(tag('a'))).when(remove()).decides(deleted);
  });

  it('refuses a protected one', () => {
    given(created({ protected: true })).when(remove()).refuses('NamespaceProtected');
  });

  it('refuses one that is gone', () => {
    given(created(), deleted).when(remove()).refuses('NamespaceNotFound');
  });
});

describe('adding resource types', () => {
  it('writes those that are new, each once', () => {
    given(added('a')).when(new AddResourceTypes(CONTEXT, ['b', 'a', 'b', '__proto__'], true)).decides(added('b', true), added('__proto__', true));
    given(added('__proto__')).when(new AddResourceTypes(CONTEXT, ['__proto__'])).decides();
  });
});
