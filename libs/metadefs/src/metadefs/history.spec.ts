import { readdirSync, readFileSync } from 'node:fs';
import { open, seal, type EventMeta } from '#event-store';
import { metadefsDecider } from './metadefs.decider.js';
import type { MetadefsEvent } from './metadefs.events.js';
import { association, CONTEXT, created, defined, EPOCH, eventId, fold, hlcAt, NAMESPACE_ID, object, placed, property, SITE, tag } from './metadefs.fixture.js';
import type { MetadefsState } from './metadefs.state.js';
import { contentOf, namespaceOf, resourceTypesOf } from './namespace.js';

const FOLDER = new URL('./history/', import.meta.url);
const sample = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as MetadefsEvent['data'];
const SINCE = '2026-10-01T10:00:00.000Z';

const BEFORE = [created(), defined(property('hw_rack')), defined(object('Gate')), defined(tag('hot')), defined(association('OS::Nova::Server', 'hw_'))];
const shown = (state: MetadefsState) => ({ ...namespaceOf(NAMESPACE_ID, state), ...contentOf(state), resourceTypes: resourceTypesOf(state) });

/** What each sample, whatever its version, makes of a namespace that has one definition of each kind. */
const SHOWS: Readonly<Record<MetadefsEvent['type'], { readonly before?: readonly MetadefsEvent[]; readonly shows: object }>> = {
  NamespaceCreated: {
    before: [],
    shows: {
      id: NAMESPACE_ID, name: 'OS::Compute::Größe 😀', displayName: 'Rack', description: null, visibility: 'public', protected: true,
      owner: '5ef70662f8b34079a6eddb8da9d75fe8', createdAt: '2026-11-01T10:01:00.000Z', updatedAt: '2026-11-01T10:01:00.000Z',
    },
  },
  NamespaceChanged: {
    shows: { name: 'OS::Compute::Row', displayName: null, description: 'Where it stands', visibility: 'private', protected: false, owner: null, updatedAt: '2026-11-01T10:01:00.000Z' },
  },
  NamespaceDeleted: { shows: {} },
  PropertyDefined: { shows: { properties: [{ name: 'hw_row', createdAt: SINCE, updatedAt: '2026-11-01T10:01:00.000Z', schema: expect.objectContaining({ type: 'array', default: 'a' }) }] } },
  PropertyRemoved: { shows: { properties: [] } },
  ObjectDefined: { shows: { objects: [expect.objectContaining({ name: 'Door', description: 'A door', required: ['hw_lock'], createdAt: SINCE })] } },
  ObjectRemoved: { shows: { objects: [] } },
  TagDefined: { shows: { tags: [{ name: 'Cold', createdAt: SINCE, updatedAt: '2026-11-01T10:01:00.000Z' }] } },
  TagRemoved: { shows: { tags: [] } },
  ResourceTypeAssociated: {
    shows: { associations: [expect.objectContaining({ name: 'OS::Nova::Server', prefix: 'hw_' }), expect.objectContaining({ name: 'OS::Cinder::Volume', prefix: 'cim_', propertiesTarget: 'image' })] },
  },
  ResourceTypeDissociated: { shows: { associations: [] } },
  ResourceTypeAdded: { before: [], shows: { resourceTypes: [{ name: 'OS::Glance::Image', protected: true, createdAt: '2026-11-01T10:01:00.000Z' }] } },
};

const samples = readdirSync(FOLDER).map((file) => file.replace('.json', '')).sort();

describe('the samples of history', () => {
  it('has one of every version of every event type, and none of a type that is unknown', () => {
    const expected = Object.entries(metadefsDecider.versions).flatMap(([type, current]) => Array.from({ length: current }, (_, i) => `${type}.v${i + 1}`));
    expect(samples).toEqual(expected.sort());
  });

  it.each(samples)('reads %s as it was meant', (name) => {
    const [type, v] = name.split('.v') as [MetadefsEvent['type'], string];
    const { before = BEFORE, shows } = SHOWS[type];
    const meta: EventMeta = {
      id: eventId(60), stream: `metadefs-${NAMESPACE_ID}`, v: Number(v), at: new Date(EPOCH + 60_000).toISOString(), hlc: hlcAt(EPOCH + 60_000), site: SITE,
      actor: CONTEXT.actor, requestId: null, causationId: null, correlationId: null, creation: null,
    };
    const stored = { ...seal({ type, data: sample(name) }, meta), stream: meta.stream, revision: 0, chain: Buffer.alloc(32), recordedAt: new Date(0) };
    const event = open<MetadefsEvent>(stored, metadefsDecider);
    if (typeof event === 'string') throw new Error(`${name} cannot be read: ${event}`);
    const state = fold([...before.map((one, n) => placed(one, { n, ms: EPOCH + n })), event]);
    expect(shown(state)).toMatchObject(shows);
    expect(namespaceOf(NAMESPACE_ID, state) === undefined).toBe(type === 'NamespaceDeleted' || type === 'ResourceTypeAdded');
  });
});
