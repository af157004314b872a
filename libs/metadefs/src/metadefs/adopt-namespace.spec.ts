import { givenFor, type CommandContext } from '#event-store';
import { AdoptNamespace, AdoptResourceTypes, type AdoptedNamespace } from './adopt-namespace.js';
import type { NamespaceAttributes } from './metadefs.events.js';
import { metadefsDecider } from './metadefs.decider.js';
import { contentOf, namespaceOf } from './namespace.js';

const given = givenFor(metadefsDecider);
const CONTEXT: CommandContext = { actor: { user: null, project: null, roles: [], admin: true, service: null }, requestId: null };
const ID = '0b5b8d0e-4a4c-5d2f-9a53-0f0a1b2c3d4e';
const CREATED = '2014-04-05T06:07:08.000Z';
const UPDATED = '2015-04-05T06:07:08.000Z';
const times = { createdAt: CREATED, updatedAt: UPDATED };
const ATTRIBUTES: NamespaceAttributes = { name: 'OS::Old', displayName: 'Old', description: null, visibility: 'public', protected: true, owner: 'admin' };
const OLD: AdoptedNamespace = {
  attributes: ATTRIBUTES, ...times,
  definitions: [
    { definition: { kind: 'tag', name: 'second' }, order: '02', createdAt: CREATED, updatedAt: CREATED },
    { definition: { kind: 'tag', name: 'first' }, order: '01', createdAt: CREATED, updatedAt: CREATED },
    { definition: { kind: 'property', name: 'p', schema: { type: 'string', title: 'P' } }, order: '03', ...times },
  ],
};
const adopt = (adopted = OLD) => new AdoptNamespace(CONTEXT, ID, adopted);
const loaded = { type: 'NamespaceCreated' as const, data: { ...ATTRIBUTES, displayName: 'Default' }, at: '2026-01-01T00:00:00.000Z' };
const loadedTag = { type: 'TagDefined' as const, data: { name: 'default' }, at: '2026-01-01T00:00:00.000Z' };

describe('A namespace of another installation', () => {
  it('comes with its times, and its definitions with theirs, in their order', () => {
    const state = given().when(adopt()).state();
    expect(namespaceOf(ID, state)).toMatchObject({ ...ATTRIBUTES, ...times });
    expect(contentOf(state)).toMatchObject({
      tags: [{ name: 'first', createdAt: CREATED, updatedAt: CREATED }, { name: 'second' }],
      properties: [{ name: 'p', schema: { type: 'string', title: 'P' }, ...times }],
    });
  });

  it('is adopted once, also when all of it is of one moment', () => {
    const still = { ...OLD, updatedAt: CREATED, definitions: [] };
    given({ type: 'NamespaceCreated', data: ATTRIBUTES, at: CREATED }).when(adopt(still)).decides();
  });

  it('takes the place of one that was loaded at a start and never touched', () => {
    const state = given(loaded, loadedTag).when(adopt()).state();
    expect(namespaceOf(ID, state)).toMatchObject({ displayName: 'Old', updatedAt: UPDATED });
    expect(contentOf(state).tags.map(({ name }) => name)).toEqual(['first', 'second']);
  });

  it('does not touch one that somebody changed or deleted', () => {
    given(loaded, { type: 'TagDefined', data: { name: 'mine' } }).when(adopt()).decides();
    given(loaded, { type: 'NamespaceChanged', data: { set: { displayName: 'Mine' } } }).when(adopt()).decides();
    given(loaded, { type: 'NamespaceDeleted', data: {} }).when(adopt()).decides();
  });
});

describe('Resource types of another installation', () => {
  it('are added with their age where they are not known', () => {
    const types = [{ name: 'OS::Nova::Server', protected: true, createdAt: CREATED }, { name: 'OS::Mine', protected: false, createdAt: CREATED }];
    given({ type: 'ResourceTypeAdded', data: { name: 'OS::Nova::Server', protected: false } }).when(new AdoptResourceTypes(CONTEXT, types))
      .decides({ type: 'ResourceTypeAdded', data: { name: 'OS::Mine', protected: false }, at: CREATED });
  });
});
