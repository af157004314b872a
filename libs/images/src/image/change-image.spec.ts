import { givenFor } from '#event-store';
import { ChangeImage, type ImageChange } from './change-image.js';
import { imageDecider } from './image.decider.js';
import type { ImageEvent } from './image.events.js';
import { CONTEXT, created, deleted, failed, IMAGE_ID, LOCATION_TOOLS, NO_QUOTAS, started, stored } from './image.fixture.js';
import { imageOf } from './image.js';
import type { ImageQuotas } from './quotas.js';

const given = givenFor(imageDecider);
const change = (...changes: ImageChange[]) => new ChangeImage(CONTEXT, IMAGE_ID, changes, NO_QUOTAS, LOCATION_TOOLS);
const limited = (quotas: Partial<ImageQuotas>, ...changes: ImageChange[]) => new ChangeImage(CONTEXT, IMAGE_ID, changes, { ...NO_QUOTAS, ...quotas }, LOCATION_TOOLS);
const name = (value: string | null): ImageChange => ({ kind: 'attribute', name: 'name', value });
const tags = (...value: string[]): ImageChange => ({ kind: 'attribute', name: 'tags', value });
const property = (op: 'add' | 'create' | 'replace', key: string, value = 'x'): ImageChange => ({ kind: 'property', op, key, value });
const remove = (key: string): ImageChange => ({ kind: 'property', op: 'remove', key });
const properties = (set: Record<string, string>, removed: string[] = []): ImageEvent => ({ type: 'ImagePropertiesChanged', data: { set, removed } });

describe('changing an image', () => {
  it('writes the attributes that are different, in one event', () => {
    given(created()).when(change(name('new'), { kind: 'attribute', name: 'hidden', value: true }, { kind: 'attribute', name: 'minDisk', value: 0 }))
      .decides({ type: 'ImageAttributesChanged', data: { set: { name: 'new', hidden: true } } });
    expect(imageOf(IMAGE_ID, given(created()).when(change(name(null))).state())?.name).toBeNull();
  });

  it('writes visibility and owner as facts of their own', () => {
    given(created()).when(change({ kind: 'attribute', name: 'owner', value: 'p2' }, { kind: 'attribute', name: 'visibility', value: 'public' }))
      .decides({ type: 'ImageVisibilityChanged', data: { visibility: 'public' } }, { type: 'ImageOwnerChanged', data: { owner: 'p2' } });
  });

  it('decides nothing where nothing is different', () => {
    given(created({ tags: ['a'], properties: { a: '1' } }))
      .when(change(name('other'), name('grub'), tags('a', 'a'), property('add', 'a', '1'), property('add', 'b'), remove('b'))).decides();
    given(created()).when(change()).decides();
  });

  it('writes of the tags only what came and went', () => {
    given(created({ tags: ['a', 'b'] })).when(change(tags('c', 'b', 'c'))).decides({ type: 'ImageTagsChanged', data: { added: ['c'], removed: ['a'] } });
  });

  it('takes the steps in order: a later one sees what an earlier one did', () => {
    given(created()).when(change(property('create', 'a'), property('replace', 'a', 'y'))).decides(properties({ a: 'y' }));
    given(created({ properties: { a: '1' } })).when(change(remove('a'), property('create', 'a', '2'))).decides(properties({ a: '2' }));
    given(created({ properties: { a: '1', b: '1' } })).when(change(remove('a'), property('add', 'b', '2'))).decides(properties({ b: '2' }, ['a']));
  });

  it.each(['constructor', '__proto__', 'toString'])('treats %s as any other property', (key) => {
    const state = given(created()).when(change(property('create', key))).state();
    expect(Object.entries(imageOf(IMAGE_ID, state)?.properties ?? {})).toEqual([[key, 'x']]);
    given(created()).when(change(property('replace', key))).refuses('PropertyMissing');
  });

  it('refuses to create what is there, and to replace or remove what is not', () => {
    const image = created({ properties: { a: '1' } });
    given(image).when(change(property('create', 'a'))).refuses('PropertyExists');
    given(image).when(change(property('replace', 'b'))).refuses('PropertyMissing');
    given(image).when(change(remove('b'))).refuses('PropertyMissing');
    given(image).when(change(remove('a'), remove('a'))).refuses('PropertyMissing');
  });

  it('does all of the steps or none', () => {
    given(created()).when(change(name('new'), remove('missing'))).refuses('PropertyMissing');
  });

  it('refuses properties that are the service\'s own', () => {
    given(created()).when(change(property('add', 'os_glance_importing'))).refuses('AttributeReadOnly');
  });

  it.each([
    ['queued', []], ['queued again', [started(), failed()]],
  ])('changes formats while the image is %s', (_title, events) => {
    given(created(), ...events).when(change({ kind: 'attribute', name: 'diskFormat', value: 'raw' }))
      .decides({ type: 'ImageAttributesChanged', data: { set: { diskFormat: 'raw' } } });
  });

  it.each([
    ['saving', [started()]], ['active', [started(), stored()]],
  ])('refuses to change formats while the image is %s, even to what they are', (_title, events) => {
    for (const attribute of ['diskFormat', 'containerFormat'] as const) {
      given(created(), ...events).when(change({ kind: 'attribute', name: attribute, value: 'iso' })).refuses('NotQueuedForFormatChange');
    }
    given(created(), ...events).when(change(name('new'))).decides({ type: 'ImageAttributesChanged', data: { set: { name: 'new' } } });
  });

  it('checks the quota of properties only when a new one comes', () => {
    const image = created({ properties: { a: '1', b: '1' } });
    given(image).when(limited({ properties: 2 }, property('add', 'c'))).refuses('QuotaExceeded');
    given(image).when(limited({ properties: 2 }, remove('a'), property('add', 'c'))).decides(properties({ c: 'x' }, ['a']));
    given(image).when(limited({ properties: 1 }, property('replace', 'a', '2'))).decides(properties({ a: '2' }));
  });

  it('checks the quota of tags only when a new one comes', () => {
    const image = created({ tags: ['a', 'b', 'c'] });
    given(image).when(limited({ tags: 2 }, tags('a', 'd', 'e'))).refuses('QuotaExceeded');
    given(image).when(limited({ tags: 2 }, tags('a', 'b', 'c'))).decides();
    given(image).when(limited({ tags: 1 }, tags('a', 'b'))).decides({ type: 'ImageTagsChanged', data: { added: [], removed: ['c'] } });
  });

  it('refuses an image that is not there, or not any more', () => {
    given().when(change(name('x'))).refuses('ImageNotFound');
    given(created(), deleted()).when(change(name('x'))).refuses('ImageNotFound');
  });
});
