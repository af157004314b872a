import { givenFor } from '#event-store';
import { Define, MOST_DEFINITIONS, type NewDefinition } from './define.js';
import { DefineTags } from './define-tags.js';
import { metadefsDecider } from './metadefs.decider.js';
import type { MetadefsEvent, Since } from './metadefs.events.js';
import { association, CONTEXT, created, defined, deleted, NAMESPACE_ID, object, property, removed, tag } from './metadefs.fixture.js';
import type { Kind } from './metadefs.state.js';
import { contentOf } from './namespace.js';
import { Remove, RemoveAll } from './remove.js';

const given = givenFor(metadefsDecider);
const put = (definition: NewDefinition, replaces?: string) => new Define(CONTEXT, NAMESPACE_ID, definition, replaces);
const take = (kind: Kind, name: string) => new Remove(CONTEXT, NAMESPACE_ID, kind, name);
const takeAll = (kind: Kind) => new RemoveAll(CONTEXT, NAMESPACE_ID, kind);
const tags = (append: boolean, ...names: string[]) => new DefineTags(CONTEXT, NAMESPACE_ID, names, append);

const MAKERS: readonly [Kind, (name: string) => NewDefinition][] = [['property', property], ['object', object], ['tag', tag], ['association', association]];

/** Of the event after a creation. */
const sinceOf = (event: MetadefsEvent): Since => {
  let found: Since | undefined;
  const { definitions } = given(created(), event).state().namespace;
  for (const registers of Object.values(definitions)) for (const bucket of registers) for (const { value } of Object.values(bucket)) found ??= value?.since;
  if (!found) throw new Error('nothing is defined');
  return found;
};

describe.each(MAKERS)('defining a %s', (kind, make) => {
  it('writes it once', () => {
    given(created()).when(put(make('a'))).decides(defined(make('a')));
    given(created(), defined(make('a'))).when(put(make('a'))).refuses('DefinitionExists');
  });

  it('changes and renames what is there, and keeps its age', () => {
    const since = sinceOf(defined(make('a')));
    given(created(), defined(make('a'))).when(put(make('a'), 'a')).decides(defined(make('a'), { since }));
    given(created(), defined(make('a'))).when(put(make('b'), 'a')).decides(defined(make('b'), { since, renamedFrom: 'a' }));
  });

  it('refuses to change what is not there, and to give it the name of another', () => {
    given(created()).when(put(make('a'), 'a')).refuses('DefinitionNotFound');
    given(created(), defined(make('a')), removed(kind, 'a')).when(put(make('a'), 'a')).refuses('DefinitionNotFound');
    given(created(), defined(make('a')), defined(make('b'))).when(put(make('b'), 'a')).refuses('DefinitionExists');
  });

  it.each(['constructor', '__proto__', 'toString'])('takes %s as any other name', (name) => {
    given(created()).when(put(make(name))).decides(defined(make(name)));
    given(created()).when(take(kind, name)).refuses('DefinitionNotFound');
  });

  it('refuses a namespace that is not there, or not any more', () => {
    given().when(put(make('a'))).refuses('NamespaceNotFound');
    given(created(), deleted).when(put(make('a'))).refuses('NamespaceNotFound');
  });
});

describe.each(MAKERS)('removing a %s', (kind, make) => {
  it('writes that it is gone', () => {
    given(created(), defined(make('a'))).when(take(kind, 'a')).decides(removed(kind, 'a'));
    given(created()).when(take(kind, 'a')).refuses('DefinitionNotFound');
  });

  it('takes all of them', () => {
    given(created(), defined(make('a')), defined(make('b')), removed(kind, 'a')).when(takeAll(kind)).decides(removed(kind, 'b'));
    given(created()).when(takeAll(kind)).decides();
  });

  it('refuses in a protected namespace', () => {
    given(created({ protected: true }), defined(make('a'))).when(take(kind, 'a')).refuses('NamespaceProtected');
    given(created({ protected: true }), defined(make('a'))).when(takeAll(kind)).refuses('NamespaceProtected');
  });
});

describe('tags', () => {
  const names = (...events: MetadefsEvent[]) => contentOf(given(...events).state()).tags.map(({ name }) => name);

  it('are one whatever the case, and can change it', () => {
    given(created(), defined(tag('Hot'))).when(put(tag('hOT'))).refuses('DefinitionExists');
    given(created(), defined(tag('Hot'))).when(take('tag', 'hot')).decides(removed('tag', 'Hot'));
    expect(names(created(), defined(tag('Hot')), defined(tag('HOT'), { renamedFrom: 'Hot' }))).toEqual(['HOT']);
  });

  it('are replaced as a whole', () => {
    given(created(), defined(tag('a')), defined(tag('b'))).when(tags(false, 'b', 'c'))
      .decides(removed('tag', 'a'), defined(tag('b')), defined(tag('c')));
  });

  it('are appended to what is there', () => {
    given(created(), defined(tag('a'))).when(tags(true, 'b', 'c')).decides(defined(tag('b')), defined(tag('c')));
    given(created(), defined(tag('a'))).when(tags(true, 'b', 'A')).refuses('DefinitionExists');
  });

  it('stay as they are when one comes twice, or none comes', () => {
    given(created(), defined(tag('a'))).when(tags(false, 'b', 'c', 'B')).refuses('DefinitionExists');
    given(created(), defined(tag('a'))).when(tags(false)).decides();
  });

  it('OSSN-0088: are as many as a namespace may have, and no more', () => {
    const many = Array.from({ length: MOST_DEFINITIONS }, (_, i) => `t${i}`);
    given(created(), defined(tag('a'))).when(tags(true, ...many)).refuses('TooManyDefinitions');
    given(created(), defined(tag('a'))).when(tags(false, ...many)).state();
  });
});
