import type { CommandContext, FoldEvent } from '#event-store';
import type { NewDefinition } from './define.js';
import { definedEvent } from './define.js';
import { evolveMetadefs } from './evolve-metadefs.js';
import type { DefinedEvent, MetadefsEvent, NamespaceAttributes, Since } from './metadefs.events.js';
import { NOTHING, type Kind, type MetadefsState } from './metadefs.state.js';
import { removedEvent } from './remove.js';

export const NAMESPACE_ID = '5c3e9f58-31f5-4a3e-9a0c-6a1b2c3d4e5f';
export const SITE = 'site-a';
/** The hour in which the namespaces of specs are made. */
export const EPOCH = Date.parse('2026-11-01T10:00:00.000Z');

export const ATTRIBUTES: NamespaceAttributes = {
  name: 'OS::Compute::Rack', displayName: null, description: null, visibility: 'private', protected: false, owner: 'p1',
};

export const CONTEXT: CommandContext = {
  actor: { user: 'user-1', project: 'p1', roles: ['admin'], admin: true, service: null },
  requestId: 'req-1',
};

export const eventId = (n: number): string => `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
export const hlcAt = (ms: number, counter = 0): string => ms.toString(16).padStart(12, '0') + counter.toString(16).padStart(4, '0');

export interface Placed {
  readonly n: number;
  readonly ms: number;
  readonly site?: string;
}

/** An event with its metadata; `n` makes its id, `ms` its time. */
export const placed = ({ type, data }: MetadefsEvent, { n, ms, site = SITE }: Placed): FoldEvent<MetadefsEvent> =>
  ({ type, data, meta: { id: eventId(n), hlc: hlcAt(ms), site, at: new Date(ms).toISOString(), creation: null } });

/** One site's history, a second between its events. */
export const history = (events: readonly MetadefsEvent[], from = EPOCH): FoldEvent<MetadefsEvent>[] =>
  events.map((event, n) => placed(event, { n, ms: from + n * 1000 }));

export const fold = (events: readonly FoldEvent<MetadefsEvent>[], state: MetadefsState = NOTHING): MetadefsState => events.reduce(evolveMetadefs, state);

export const created = (attributes: Partial<NamespaceAttributes> = {}): MetadefsEvent => ({ type: 'NamespaceCreated', data: { ...ATTRIBUTES, ...attributes } });
export const changed = (set: Partial<NamespaceAttributes>): MetadefsEvent => ({ type: 'NamespaceChanged', data: { set } });
export const deleted: MetadefsEvent = { type: 'NamespaceDeleted', data: {} };

export const property = (name: string, schema: Record<string, unknown> = { type: 'string', title: name }): NewDefinition => ({ kind: 'property', name, schema });
export const object = (name: string, description: string | null = null): NewDefinition => ({ kind: 'object', name, description, required: null, properties: null });
export const tag = (name: string): NewDefinition => ({ kind: 'tag', name });
export const association = (name: string, prefix: string | null = null): NewDefinition => ({ kind: 'association', name, prefix, propertiesTarget: null });

export const defined = (definition: NewDefinition, history?: { renamedFrom?: string; since?: Since }): DefinedEvent => definedEvent(definition, history);
export const removed = (kind: Kind, name: string): MetadefsEvent => removedEvent(kind, name);
export const added = (name: string, isProtected = false): MetadefsEvent => ({ type: 'ResourceTypeAdded', data: { name, protected: isProtected } });
