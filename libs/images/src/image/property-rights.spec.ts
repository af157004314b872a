import { givenFor } from '#event-store';
import { ChangeImage, type ImageChange } from './change-image.js';
import { imageDecider } from './image.decider.js';
import { CONTEXT, created, IMAGE_ID, LOCATION_TOOLS, NO_QUOTAS } from './image.fixture.js';
import type { ImageEvent } from './image.events.js';
import type { PropertyRights } from './property-rights.js';

const given = givenFor(imageDecider);

/** Rights by property, as letters of the operations; of those that are not named, none. */
const rights = (table: Readonly<Record<string, string>>): PropertyRights => (operation, property) => (table[property] ?? '').includes(operation.charAt(0));
const change = (table: Readonly<Record<string, string>>, ...changes: ImageChange[]) => new ChangeImage(CONTEXT, IMAGE_ID, changes, NO_QUOTAS, LOCATION_TOOLS, rights(table));

const set = (op: 'add' | 'create' | 'replace', key: string, value = 'new'): ImageChange => ({ kind: 'property', op, key, value });
const unset = (op: 'remove' | 'discard', key: string): ImageChange => ({ kind: 'property', op, key });
const changed = (values: Record<string, string>, removed: string[] = []): ImageEvent => ({ type: 'ImagePropertiesChanged', data: { set: values, removed } });

const image = created({ properties: { a: 'old', hidden: 'secret' } });

describe('a property that the caller can read', () => {
  it.each(['add', 'replace'] as const)('is written over by %s with the right to update it, and no other', (op) => {
    given(image).when(change({ a: 'ru' }, set(op, 'a'))).decides(changed({ a: 'new' }));
    given(image).when(change({ a: 'crd' }, set(op, 'a'))).refuses('PropertyReserved');
    given(image).when(change({ a: 'crd' }, set(op, 'a', 'old'))).refuses('PropertyReserved');
  });

  it.each(['remove', 'discard'] as const)('goes by %s with the right to delete it, and no other', (op) => {
    given(image).when(change({ a: 'rd' }, unset(op, 'a'))).decides(changed({}, ['a']));
    given(image).when(change({ a: 'cru' }, unset(op, 'a'))).refuses('PropertyReserved');
  });

  it('is there for the v2.0 add', () => {
    given(image).when(change({ a: 'crud' }, set('create', 'a'))).refuses('PropertyExists');
  });
});

describe('a property that is not there', () => {
  it.each(['add', 'create'] as const)('comes by %s with the right to create it, and no other', (op) => {
    given(image).when(change({ b: 'c' }, set(op, 'b'))).decides(changed({ b: 'new' }));
    given(image).when(change({ b: 'rud' }, set(op, 'b'))).refuses('PropertyReserved');
  });

  it('is missing first, whatever the rights', () => {
    given(image).when(change({}, set('replace', 'b'))).refuses('PropertyMissing');
    given(image).when(change({}, unset('remove', 'b'))).refuses('PropertyMissing');
    given(image).when(change({}, unset('discard', 'b'))).decides();
  });
});

describe('a property that the caller cannot read', () => {
  const notRead = { hidden: 'cud' };

  it('is missing for what needs one: nothing tells that it is there', () => {
    given(image).when(change(notRead, set('replace', 'hidden'))).refuses('PropertyMissing');
    given(image).when(change(notRead, unset('remove', 'hidden'))).refuses('PropertyMissing');
    given(image).when(change(notRead, unset('discard', 'hidden'))).decides();
  });

  it.each(['add', 'create'] as const)('is written over by %s only with the rights to create and to update it', (op) => {
    given(image).when(change(notRead, set(op, 'hidden'))).decides(changed({ hidden: 'new' }));
    given(image).when(change({ hidden: 'c' }, set(op, 'hidden'))).refuses('PropertyReserved');
    given(image).when(change({ hidden: 'u' }, set(op, 'hidden'))).refuses('PropertyReserved');
  });

  it('stays when anything else is changed', () => {
    given(image).when(change({ a: 'ru' }, set('replace', 'a'), { kind: 'attribute', name: 'name', value: 'x' }, { kind: 'tag', op: 'add', tag: 't' }))
      .decides({ type: 'ImageAttributesChanged', data: { set: { name: 'x' } } }, changed({ a: 'new' }), { type: 'ImageTagsChanged', data: { added: ['t'], removed: [] } });
  });
});

it('all steps are refused with the one that is not allowed', () => {
  given(image).when(change({ a: 'ru', b: '' }, set('replace', 'a'), set('add', 'b'))).refuses('PropertyReserved');
});

it('what a step made counts for the next: a property that was just created takes the right to update it', () => {
  given(image).when(change({ b: 'cr' }, set('add', 'b'), set('add', 'b', 'again'))).refuses('PropertyReserved');
  given(image).when(change({ a: 'rdc' }, unset('remove', 'a'), set('add', 'a'))).decides(changed({ a: 'new' }));
});

it('what others did meanwhile counts: to add what came into being takes the right to update it', () => {
  const add = change({ b: 'cr' }, set('add', 'b'));
  given(image).when(add).decides(changed({ b: 'new' }));
  given(image, changed({ b: 'theirs' })).when(add).refuses('PropertyReserved');
});

it('what the server keeps itself is read-only, whatever the rights', () => {
  given(image).when(change({ os_glance_x: 'crud' }, set('add', 'os_glance_x'))).refuses('AttributeReadOnly');
});
