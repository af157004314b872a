import fc from 'fast-check';
import type { FoldEvent } from '#event-store';
import type { ImageCreated, ImageEvent, MemberStatus, Visibility } from './image.events.js';
import { created, decided, deleted, EPOCH, failed, fold, hlcAt, IMAGE_ID, importRequested, located, placed, purged, restored, shared, staged, started, stored, unlocated, unshared } from './image.fixture.js';
import { imageOf } from './image.js';
import { current } from './image.state.js';

const some = <T>(...values: T[]) => fc.constantFrom(...values);
const texts = some('a', 'b', 'constructor', '__proto__');
const upload = some('u1', 'u2');
const attributes = fc.record(
  { name: fc.option(texts), diskFormat: fc.option(texts), minDisk: fc.nat(2), protected: fc.boolean(), hidden: fc.boolean() },
  { requiredKeys: [] },
);
/** What is set and removed in one event never overlaps. */
const keys = fc.shuffledSubarray(['a', 'b', 'constructor', '__proto__']).chain((all) => fc.nat(all.length).map((n) => [all.slice(0, n), all.slice(n)] as const));

const creation: fc.Arbitrary<ImageEvent> = fc
  .record({ name: texts, owner: some('p1', 'p2', null), tags: fc.uniqueArray(texts), properties: fc.dictionary(texts, texts), home: some('site-a', 'site-b') })
  .map(created);

/** What one upload says of itself does not change with whoever tells it: its data is its own. */
const facts: fc.Arbitrary<ImageEvent> = fc.oneof(
  attributes.map((set): ImageEvent => ({ type: 'ImageAttributesChanged', data: { set } })),
  some<Visibility>('public', 'private', 'shared', 'community').map((visibility): ImageEvent => ({ type: 'ImageVisibilityChanged', data: { visibility } })),
  some('p1', 'p2', null).map((owner): ImageEvent => ({ type: 'ImageOwnerChanged', data: { owner } })),
  keys.chain(([set, removed]) => texts.map((value): ImageEvent => ({ type: 'ImagePropertiesChanged', data: { set: Object.fromEntries(set.map((key) => [key, value])), removed } }))),
  keys.map(([added, removed]): ImageEvent => ({ type: 'ImageTagsChanged', data: { added, removed } })),
  texts.chain((member) => fc.oneof(
    fc.boolean().map((canShare) => shared(member, canShare)),
    some<MemberStatus>('pending', 'accepted', 'rejected').map((status) => decided(member, status)),
    fc.constant(unshared(member)),
  )),
  fc.record({ uploadId: upload, size: fc.nat(3), checksum: texts, diskFormat: texts }).map(stored),
  fc.nat(3).map((size): ImageEvent => ({ type: 'ImageDataReferenced', data: { size, diskFormat: 'raw', containerFormat: 'bare' } })),
  texts.map((checksum): ImageEvent => ({ type: 'ImageDataHashed', data: { checksum, osHashAlgo: 'sha512', osHashValue: checksum } })),
  some<ImageEvent['type']>('ImageDeactivated', 'ImageReactivated').map((type) => ({ type, data: {} }) as ImageEvent),
  some(undefined, '2026-12-01T00:00:00.000Z', '2026-12-02T00:00:00.000Z').map(deleted),
  fc.constant(restored()),
);
const uploads: fc.Arbitrary<ImageEvent> = fc.oneof(upload.map((id) => started(id)), upload.map((id) => failed(id, id === 'u1' ? 'queued' : 'killed')));
const tasks = some('t1', 't2');
const imports: fc.Arbitrary<ImageEvent> = fc.oneof(
  upload.map((id) => staged(id)),
  tasks.map((taskId) => importRequested({ taskId, uploadId: taskId === 't1' ? 'u1' : taskId })),
  tasks.map((taskId): ImageEvent => ({ type: 'ImageImportStarted', data: { taskId } })),
  tasks.map((taskId): ImageEvent => ({ type: 'ImageImportSucceeded', data: { taskId, stores: ['main'] } })),
  tasks.map((taskId): ImageEvent => ({ type: 'ImageImportFailed', data: { taskId, reason: 'full', perStore: {} } })),
);
const places: fc.Arbitrary<ImageEvent> = fc.oneof(
  some('ImageEncryptionKeyDeleted', 'ImageEncryptionKeyKept').map((type) => ({ type, data: { keyId: 'a', reason: '' } }) as ImageEvent),
  some('l1', 'l2').map(located), some('l1', 'l2').map(unlocated), fc.uniqueArray(some('l1', 'l2')).map((ids) => purged(...ids)));

interface History {
  readonly events: readonly FoldEvent<ImageEvent>[];
  readonly creations: number;
}

/**
 * Events of up to three creations of one id and of two sites, whose clocks stand still as often as they go. An attempt
 * starts and fails once, and a location comes once: the decider sees to that, on the one site that writes the bytes.
 */
const histories: fc.Arbitrary<History> = fc
  .record({
    creations: fc.array(creation, { minLength: 1, maxLength: 3 }),
    rest: fc.array(fc.record({ event: fc.oneof({ weight: 3, arbitrary: facts }, uploads, imports, places), of: fc.nat(2), ms: fc.nat(3), site: some('site-a', 'site-b') }), { maxLength: 25 }),
    at: fc.array(fc.record({ ms: fc.nat(3), site: some('site-a', 'site-b') }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ creations, rest, at }) => {
    const place = (n: number, ms: number, site: string, of?: string) => ({ n, ms: EPOCH + n, hlc: hlcAt(EPOCH + ms), site, creation: of ?? null });
    const first = creations.map((event, n) => placed(event, place(n, at[n]?.ms ?? 0, at[n]?.site ?? '')));
    const later = rest.map(({ event, of, ms, site }, i) => placed(event, place(10 + i, ms, site, first[of % first.length]?.meta.id)));
    return { creations: first.length, events: [...first, ...onceEach(later)] };
  });

function subjectOf(type: string, data: ImageEvent['data']): string | undefined {
  if ('locationId' in data) return data.locationId;
  if ('taskId' in data) return data.taskId;
  return (type.startsWith('ImageUpload') || type === 'ImageDataStaged') && 'uploadId' in data ? data.uploadId : undefined;
}

function onceEach(events: readonly FoldEvent<ImageEvent>[]): FoldEvent<ImageEvent>[] {
  const seen = new Set<string>();
  return events.filter(({ type, data, meta }) => {
    const subject = subjectOf(type, data);
    if (subject === undefined) return true;
    const fact = `${meta.creation} ${type} ${subject}`;
    return !seen.has(fact) && seen.add(fact);
  });
}

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length }).chain((all) =>
    fc.subarray([...items]).chain((again) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length })));

const RUNS = { numRuns: 400 };

describe('the fold of an image', () => {
  it('is the same for the same events in any order and with duplicates', () => {
    fc.assert(fc.property(histories.chain(({ events }) => fc.tuple(fc.constant(events), shuffled(events))), ([events, mixed]) => {
      expect(fold(mixed)).toEqual(fold(events));
      expect(imageOf(IMAGE_ID, fold(mixed))).toEqual(imageOf(IMAGE_ID, fold(events)));
    }), RUNS);
  });

  it('shows the creation with the smallest stamp and what was decided on it, nothing of another', () => {
    fc.assert(fc.property(histories, ({ events, creations }) => {
      const stamp = ({ meta }: FoldEvent) => `${meta.hlc} ${meta.site} ${meta.id}`;
      const [winner] = events.slice(0, creations).toSorted((a, b) => (stamp(a) < stamp(b) ? -1 : 1));
      const own = events.filter(({ meta }) => meta === winner?.meta || meta.creation === winner?.meta.id);
      expect(current(fold(events))?.creation).toBe(winner?.meta.id);
      expect(imageOf(IMAGE_ID, fold(events))).toEqual(imageOf(IMAGE_ID, fold(own)));
    }), RUNS);
  });

  it('shows of each attribute what the event with the greatest stamp wrote', () => {
    fc.assert(fc.property(histories, ({ events }) => {
      const image = imageOf(IMAGE_ID, fold(events));
      const stamp = ({ meta }: FoldEvent) => `${meta.hlc} ${meta.site} ${meta.id}`;
      const owners = events
        .filter(({ type, meta }) => (type === 'ImageCreated' || type === 'ImageOwnerChanged') && (meta.creation ?? meta.id) === current(fold(events))?.creation)
        .toSorted((a, b) => (stamp(a) < stamp(b) ? 1 : -1));
      expect({ owner: image?.owner }).toEqual({ owner: (owners[0] as FoldEvent<ImageCreated> | undefined)?.data.owner });
    }), RUNS);
  });

  it('shows of each member what the event with the greatest stamp wrote, and only those that it was shared with last', () => {
    fc.assert(fc.property(histories, ({ events }) => {
      const state = fold(events);
      const creation = current(state)?.creation;
      const stamp = ({ meta }: FoldEvent) => `${meta.hlc} ${meta.site} ${meta.id}`;
      const last = new Map<string, FoldEvent<ImageEvent>>();
      for (const event of events.toSorted((a, b) => (stamp(a) < stamp(b) ? -1 : 1))) {
        if (event.meta.creation === creation && 'member' in event.data && event.type !== 'ImageMembershipDecided') last.set(event.data.member, event);
      }
      const expected = [...last.values()].filter(({ type }) => type === 'ImageShared').map(({ data }) => ('member' in data ? data.member : ''));
      expect(imageOf(IMAGE_ID, state)?.members.map(({ member }) => member).sort()).toEqual(expected.sort());
    }), RUNS);
  });

  it('leaves nothing to see as long as no creation has come', () => {
    fc.assert(fc.property(histories, ({ events, creations }) => {
      expect(imageOf(IMAGE_ID, fold(events.slice(creations)))).toBeUndefined();
    }), { numRuns: 50 });
  });

  it('comes back from no deletion for good, nor from one that was decided after the restoration or whose data went', () => {
    fc.assert(fc.property(histories, ({ events }) => {
      const state = fold(events);
      const stamp = ({ meta }: FoldEvent) => `${meta.hlc} ${meta.site} ${meta.id}`;
      const mine = events.filter(({ meta }) => meta.creation === current(state)?.creation);
      const lastOf = (type: string) => mine.filter((event) => event.type === type).map(stamp).toSorted().at(-1);
      const [deletion, restoration] = [lastOf('ImageDeleted'), lastOf('ImageRestored')];
      const final = mine.some(({ type, data }) => type === 'ImageDeleted' && !('scrubAfter' in data));
      const placesOf = (type: string) => mine.flatMap((event) => (event.type === type && 'locationId' in event.data ? [event.data.locationId] : []));
      const kept = placesOf('ImageLocationAdded').filter((id) => !placesOf('ImageLocationRemoved').includes(id));
      const scrubbed = mine.some(({ data }) => 'locationIds' in data && data.locationIds.some((id) => kept.includes(id)));
      const gone = deletion !== undefined && (final || restoration === undefined || restoration < deletion || scrubbed);
      expect(['deleted', 'pending_delete'].includes(imageOf(IMAGE_ID, state)?.status ?? '')).toBe(gone);
    }), RUNS);
  });

  it('never shows two attempts\' bytes', () => {
    fc.assert(fc.property(histories, ({ events }) => {
      const state = fold(events);
      const image = imageOf(IMAGE_ID, state);
      const mine = events.filter(({ meta }) => meta.creation === current(state)?.creation);
      const bytes = mine.flatMap(({ data }) => ('uploadId' in data && 'checksum' in data ? [`${data.checksum} ${data.size}`] : []));
      if (bytes.length > 0) expect(bytes).toContain(`${image?.checksum} ${image?.size}`);
    }), RUNS);
  });
});
