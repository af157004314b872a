import fc from 'fast-check';
import type { FoldEvent } from '#event-store';
import type { MetadefsEvent, NamespaceAttributes } from './metadefs.events.js';
import { added, association, changed, created, defined, deleted, EPOCH, eventId, fold, NAMESPACE_ID, object, placed, property, removed, tag } from './metadefs.fixture.js';
import { contentOf, namespaceOf, resourceTypesOf } from './namespace.js';

const some = <T>(...values: T[]) => fc.constantFrom(...values);
const names = some('a', 'A', 'b', 'constructor', '__proto__');
const since = fc.option(fc.nat(3).map((n) => ({ at: new Date(EPOCH + n).toISOString(), stamp: eventId(n) })), { nil: undefined });

const attributes: fc.Arbitrary<Partial<NamespaceAttributes>> = fc.record(
  { name: names, displayName: fc.option(names), visibility: some('public', 'private'), protected: fc.boolean(), owner: some('p1', 'p2', null) },
  { requiredKeys: [] },
);
const definitions = fc.tuple(names, names).chain(([name, text]) => some(property(name, { type: text }), object(name, text), tag(name), association(name, text)));

const facts: fc.Arbitrary<MetadefsEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ definition: definitions, renamedFrom: fc.option(names, { nil: undefined }), since }).map(({ definition, renamedFrom, since: when }) =>
    defined(definition, { ...(renamedFrom === undefined ? {} : { renamedFrom }), ...(when ? { since: when } : {}) })) },
  { weight: 3, arbitrary: fc.tuple(some('property', 'object', 'tag', 'association' as const), names).map(([kind, name]) => removed(kind as 'tag', name)) },
  { weight: 3, arbitrary: attributes.map(changed) },
  { weight: 1, arbitrary: fc.constant(deleted) },
  { weight: 2, arbitrary: fc.tuple(names, fc.boolean()).map(([name, isProtected]) => added(name, isProtected)) },
);

/** Events of two sites, whose clocks stand still as often as they go. */
const histories: fc.Arbitrary<readonly FoldEvent<MetadefsEvent>[]> = fc
  .tuple(attributes, fc.array(fc.record({ event: facts, ms: fc.nat(3), site: some('site-a', 'site-b') }), { maxLength: 25 }))
  .map(([first, rest]) => [
    placed(created(first), { n: 0, ms: EPOCH }),
    ...rest.map(({ event, ms, site }, i) => placed(event, { n: 1 + i, ms: EPOCH + ms, site })),
  ]);

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.subarray([...items]).chain((again) => fc.shuffledSubarray([...items, ...again], { minLength: items.length + again.length }));

const RUNS = { numRuns: 400 };

describe('the fold of metadata definitions', () => {
  it('is the same for the same events in any order and with duplicates', () => {
    fc.assert(fc.property(histories.chain((events) => fc.tuple(fc.constant(events), shuffled(events))), ([events, mixed]) => {
      const [one, other] = [fold(events), fold(mixed)];
      expect(other).toEqual(one);
      expect([namespaceOf(NAMESPACE_ID, other), contentOf(other), resourceTypesOf(other)]).toEqual([namespaceOf(NAMESPACE_ID, one), contentOf(one), resourceTypesOf(one)]);
    }), RUNS);
  });

  it('never comes back from a deletion', () => {
    fc.assert(fc.property(histories, (events) => {
      expect(namespaceOf(NAMESPACE_ID, fold(events)) === undefined).toBe(events.some(({ type }) => type === 'NamespaceDeleted'));
    }), RUNS);
  });

  it('shows of each definition what the event with the greatest stamp said of its name', () => {
    const stamp = ({ meta }: FoldEvent) => `${meta.hlc} ${meta.site} ${meta.id}`;
    fc.assert(fc.property(histories, (events) => {
      const last = events
        .filter(({ type, data }) => type.startsWith('Object') && 'name' in data && (data.name === 'a' || ('renamedFrom' in data && data.renamedFrom === 'a')))
        .toSorted((a, b) => (stamp(a) < stamp(b) ? 1 : -1))[0];
      const isThere = last?.type === 'ObjectDefined' && 'name' in last.data && last.data.name === 'a';
      expect(contentOf(fold(events)).objects.some(({ name }) => name === 'a')).toBe(isThere);
    }), RUNS);
  });

  it('has nothing to show as long as no creation has come', () => {
    fc.assert(fc.property(histories, (events) => {
      expect(namespaceOf(NAMESPACE_ID, fold(events.slice(1)))).toBeUndefined();
    }), { numRuns: 50 });
  });
});
