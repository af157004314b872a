import type { LegacyFinding } from './finding.js';
import type { LegacyNamespace } from './legacy-metadefs.js';
import { mapNamespace, mapResourceType } from './metadef-mapping.js';

const at = { created_at: '2014-01-01 00:00:00', updated_at: null };
const EMPTY: LegacyNamespace = {
  row: { id: '1', namespace: 'OS::X', display_name: 'X', description: null, visibility: 'public', protected: '1', owner: 'admin', ...at },
  properties: [], objects: [], tags: [], associations: [],
};

function map(more: Partial<LegacyNamespace>) {
  const found: LegacyFinding[] = [];
  return { namespace: mapNamespace({ ...EMPTY, ...more }, (one) => found.push(one)), found };
}

describe('A namespace of an old database', () => {
  it('has its attributes and times', () => {
    expect(map({}).namespace).toEqual({
      attributes: { name: 'OS::X', displayName: 'X', description: null, visibility: 'public', protected: true, owner: 'admin' },
      createdAt: '2014-01-01T00:00:00.000Z', updatedAt: '2014-01-01T00:00:00.000Z', definitions: [],
    });
  });

  it('has all that it defines', () => {
    const { namespace, found } = map({
      properties: [{ id: '4', name: 'p', json_schema: '{"title": "P", "type": "integer", "default": 3, "minimum": 0}', ...at }],
      objects: [{ id: '5', name: 'o', description: 'd', required: 'a,b', json_schema: '{"a": {"title": "A", "type": "string"}}', ...at }, { id: '6', name: 'bare', required: null, json_schema: '{}', ...at }],
      tags: [{ id: '7', name: 't', ...at }],
      associations: [{ resource_type_id: '2', namespace_id: '1', name: 'OS::Nova::Server', prefix: 'hw_', properties_target: 'image', ...at }],
    });
    expect(namespace.definitions.map(({ definition }) => definition)).toEqual([
      { kind: 'association', name: 'OS::Nova::Server', prefix: 'hw_', propertiesTarget: 'image' },
      { kind: 'object', name: 'o', description: 'd', required: ['a', 'b'], properties: { a: { title: 'A', type: 'string' } } },
      { kind: 'object', name: 'bare', description: null, required: null, properties: {} },
      { kind: 'tag', name: 't' },
      { kind: 'property', name: 'p', schema: { title: 'P', type: 'integer', default: '3', minimum: 0 } },
    ]);
    expect(found).toEqual([]);
  });

  it('is taken without what cannot be understood, and that is found', () => {
    const { namespace, found } = map({
      properties: [{ id: '1', name: 'odd', json_schema: '{"unheard": 1}' }, { id: '2', name: 'broken', json_schema: '{' }],
      tags: [{ id: '1', name: 'Twice' }, { id: '2', name: 'twice' }],
    });
    expect(namespace.definitions.map(({ definition: { name } }) => name)).toEqual(['Twice']);
    expect(found.map(({ kind, what, detail }) => `${kind} ${what} ${/odd|broken|twice/.exec(detail)?.[0]}`)).toEqual(['definition OS::X odd', 'definition OS::X broken', 'definition OS::X twice']);
  });
});

it('A resource type of an old database has its protection and age', () => {
  expect(mapResourceType({ id: '1', name: 'OS::Cinder::Volume', protected: 't', ...at })).toEqual({ name: 'OS::Cinder::Volume', protected: true, createdAt: '2014-01-01T00:00:00.000Z' });
});
