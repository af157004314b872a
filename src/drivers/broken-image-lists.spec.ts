import { failureOf } from '#event-store/conformance';
import { MarkerNotFound, sortValue, type ImageList, type ImageQuery, type ImageState } from '#images';
import type { StateChange } from '#event-store';
import { byArrival, changing, firstAlone, images, projecting, suiteOf, type Broken } from './broken-drivers.fixture.js';

const asking = (change: (query: ImageQuery) => ImageQuery) => images((list) => ({ list: (query) => list.list(change(query)) }));
const filtering = (change: (filters: ImageQuery['filters']) => ImageQuery['filters']) => asking((query) => ({ ...query, filters: change(query.filters) }));
const answering = (change: (found: Awaited<ReturnType<ImageList['list']>>, query: ImageQuery, list: ImageList) => ReturnType<ImageList['list']>) =>
  images((list) => ({ list: async (query) => change(await list.list(query), query, list) }));
const withoutMarker = (instead: (list: ImageList, query: ImageQuery) => ReturnType<ImageList['list']>) => images((list) => ({
  list: (query) => list.list(query).catch((error: unknown) => {
    if (error instanceof MarkerNotFound) return instead(list, query);
    throw error;
  }),
}));
const flipped = { asc: 'desc', desc: 'asc' } as const;
const isRemoval = ({ after }: StateChange<unknown>): boolean => JSON.stringify(after).includes('"recordPurged":"row"');
const states = (change: StateChange<unknown>): StateChange<ImageState> => change as StateChange<ImageState>;

const BROKEN: readonly Broken[] = [
  ['find › gives the whole image, as the fold has it', 'forgets locations', images((list) => ({ find: async (id) => {
    const image = await list.find(id);
    return image && { ...image, locations: [] };
  } }))],
  ['find › finds by the id in any case and shows the client\'s spelling', 'finds by ids in lower case alone', images((list) => ({ find: async (id) => (id === id.toLowerCase() ? list.find(id) : undefined) }))],
  ['find › finds many at once, and is not troubled by what is no id', 'answers an image for each id', images((list) => ({ findAll: async (ids) => (await Promise.all(ids.map((id) => list.findAll([id])))).flat() }))],
  ['find › walks through every image but the deleted ones, page by page', 'walks from the first again', images((list) => ({ walk: (_after, limit) => list.walk(undefined, limit) }))],
  ['find › finds deleted, pending and killed images, which no list shows', 'forgets deleted images', images((list) => ({ find: async (id) => {
    const image = await list.find(id);
    return image?.status === 'deleted' ? undefined : image;
  } }))],
  ['find › finds nothing as %p', 'trims ids', images((list) => ({ find: (id) => list.find(id.trim()) }))],
  ['who sees what in a list › %s', 'leaks private images', asking((query) => ({ ...query, viewer: { ...query.viewer, admin: true } }))],
  ['who sees what in a list › %s', 'shows community images to everybody', asking((query) => ({ ...query, visibility: query.visibility ?? 'all' }))],
  ['leaves hidden images out, or shows only them', 'shows hidden images', asking((query) => ({ ...query, hidden: 'any' }))],
  ['members › are shown %s', 'shows what was not accepted', asking((query) => ({ ...query, memberStatus: 'all' }))],
  ['members › are shown %s', 'shows what others accepted', asking((query) => ({ ...query, viewer: query.viewer.project === 'p3' ? { admin: false, project: 'p2' } : query.viewer }))],
  ['members › are filtered as others are: %j', 'does not filter by tags', filtering((filters) => ({ ...filters, tags: undefined }))],
  ['members › stand among others in one order, by pages as at once: $sort', 'leaves out the first after a marker', answering(async (found, { marker }) => (marker === undefined ? found : found.slice(1)))],
  ['members › take a marker that they see only by a %s membership', 'takes markers of owners alone', answering(async (found, { marker, viewer }, list) => {
    if (marker !== undefined && (await list.find(marker))?.owner !== viewer.project) throw new MarkerNotFound(marker);
    return found;
  })],
  ['members › lose a marker with the membership, or with the visibility', 'shows nothing after such a marker', withoutMarker(async () => [])],
  ['members › come, decide and go with the image\'s events, and wait while it is not shared', 'writes the first change alone', projecting('image-list', (write) => (change) => (change.revision > 0 ? [] : write(change)))],
  ['members › stay as they are when an older or the same revision is written again, or a later one without them', 'lets what arrives later win', byArrival('image-list')],
  ['images that wait for a scrubber › are those in pending_delete whose time has come, the longest due first', 'does not wait for the time', images((list) => ({ dueForScrub: (_until, ...more) => list.dueForScrub('9', ...more) }))],
  ['images that wait for a scrubber › are those in pending_delete whose time has come, the longest due first', 'has the longest due last', images((list) => ({ dueForScrub: async (...asked) => (await list.dueForScrub(...asked)).toReversed() }))],
  ['images that wait for a scrubber › come page by page, also those that are due at one time', 'goes on after a time and not after an image', images((list) => ({
    dueForScrub: async (until, after, limit) => (await list.dueForScrub(until, undefined, 99)).filter(({ scrubAfter }) => after === undefined || scrubAfter > after.scrubAfter).slice(0, limit),
  }))],
  ['an image whose record was purged › is found without its details, and not at all once its row was removed', 'keeps the row of a purged record', projecting('image-list', (write) => (change) => (isRemoval(change) ? [] : write(change)))],
  ['an image whose record was purged › does not come back when its events are projected anew, or late', 'writes what was there before the removal', projecting('image-list', (write) => (change) =>
    (isRemoval(change) ? write({ ...change, after: JSON.parse(JSON.stringify(states(change).after).replaceAll('"recordPurged":"row"', '"recordPurged":"details"')) as unknown }) : write(change)))],
  ['images in any state › are shown: %s', 'shows every state for deleted ones', asking((query) => ({ ...query, state: query.state === 'deleted' ? 'any' : query.state }))],
  ['images in any state › come page by page, after a deleted marker too', 'takes listed markers alone', answering(async (found, query, list) => {
    await list.list({ ...query, state: 'listed', limit: 0 });
    return found;
  })],
  ['all that is not public › is of every visibility but that, for an admin of every owner', 'shows public ones too', asking((query) => ({ ...query, visibility: query.visibility === 'not public' ? 'all' : query.visibility }))],
  ['images that are shared with a project › are those of others in any status of the membership, page by page', 'does not look at the owner', images((list) => ({ sharedWith: (member, _owner, ...more) => list.sharedWith(member, undefined, ...more) }))],
  ['images that are shared with a project › are those of others in any status of the membership, page by page', 'begins anew with each page', images((list) => ({ sharedWith: (member, owner, _after, limit) => list.sharedWith(member, owner, undefined, limit) }))],
  ['filters › %s', 'does not filter by disk format', filtering((filters) => ({ ...filters, diskFormat: undefined }))],
  ['filters › %s', 'takes the first of several tags', filtering((filters) => ({ ...filters, tags: filters.tags?.slice(0, 1) }))],
  ['filters › %s', 'takes an empty list for none', filtering((filters) => ({ ...filters, name: filters.name?.length ? filters.name : undefined }))],
  ['filters › %s', 'has bounds that are exclusive', filtering((filters) => ({ ...filters, numbers: filters.numbers?.map((one) => (one.op === 'min' ? { ...one, value: one.value + 1 } : one)) }))],
  ['filters › created_at %s the second that is shown and %i ms', 'takes lte for lt', filtering((filters) => ({ ...filters, times: filters.times?.map((one) => (one.op === 'lte' ? { ...one, op: 'lt' } : one)) }))],
  ['filters › looks at updated_at, and at several times together', 'looks at created_at alone', filtering((filters) => ({ ...filters, times: filters.times?.map((one) => ({ ...one, column: 'created_at' })) }))],
  ['filters › takes the time %s', 'fails for years of five digits', asking((query) => {
    if (query.filters.times?.some(({ at }) => at.getUTCFullYear() > 9999)) throw new RangeError('out of range');
    return query;
  })],
  ['order › by %p', 'has another order of equals', asking((query) => ({ ...query, sort: query.sort.map(({ key, direction }) => ({ key, direction: key === 'id' ? flipped[direction] : direction })) }))],
  ['order › by %p', 'sorts by the first key alone', asking((query) => ({ ...query, sort: query.sort.filter((_one, n) => n === 0 || n === query.sort.length - 1) }))],
  ['order › gives the same by pages as at once: $sort', 'leaves out the equals of a marker', answering(async (found, { marker, sort }, list) => {
    const [image, key] = [marker === undefined ? undefined : await list.find(marker), sort[0]?.key ?? 'id'];
    return image ? found.filter((one) => sortValue(one, key) !== sortValue(image, key)) : found;
  })],
  ['gives the same by pages as at once, whatever is asked', 'has an image twice', answering(async (found) => [...found, ...found.slice(0, 1)])],
  ['limit and marker › gives at most so many, and none at limit 0', 'takes limit 0 for none', asking((query) => ({ ...query, limit: query.limit || 1000 }))],
  ['limit and marker › goes on after a marker that the filters would leave out', 'filters markers', answering(async (found, query, list) =>
    (query.marker === undefined || (await list.list({ ...query, marker: undefined, limit: 1000 })).some(({ id }) => id === query.marker) ? found : []))],
  ['limit and marker › refuses a marker that %s', 'begins anew after a marker that is not there', withoutMarker((list, query) => list.list({ ...query, marker: undefined }))],
  ['limit and marker › refuses a marker that is no id, by its name', 'does not name the marker', withoutMarker(async () => Promise.reject(new MarkerNotFound('')))],
  ['limit and marker › takes a visible marker: a %s', 'takes markers in their own spelling alone', answering(async (found, { marker }, list) => {
    if (marker !== undefined && (await list.find(marker))?.id !== marker) throw new MarkerNotFound(marker);
    return found;
  })],
  ['lists open work in id order, page by page, until it has ended', 'begins anew with each page', images((list) => ({ openWork: (kind, _after, limit) => list.openWork(kind, undefined, limit) }))],
  ['keeps what it has when an older or the same revision is written again', 'writes the same revision again', (() => {
    let written = 0;
    return changing('image-list', (change) => ({ ...change, revision: change.revision * 10_000 + (written += 1) }));
  })()],
  ['has the same rows when it is filled again from revision 0, in one step or in many, with repeats', 'writes what comes first alone', firstAlone('image-list')],
];

const BLOCKS = new Set(BROKEN.map(([title]) => title.split(' › ')[0]));

describe('seed 39: the suite of read models, on images', () => {
  const sound = suiteOf((driver) => driver);

  it.each(BROKEN)('by the case "%s" finds a driver that %s', async (title, _what, broken) => {
    expect(await failureOf(sound, title)).toBeUndefined();
    expect(await failureOf(suiteOf(broken), title)).toEqual(expect.any(String));
  }, 60_000);

  it('has no case in these blocks that finds nothing, but that of a stream without a creation', () => {
    const found = new Set([...BROKEN.map(([title]) => title), 'find › knows nothing of a stream without a creation']);
    expect([...new Set(sound.map(({ title }) => title))].filter((title) => BLOCKS.has(title.split(' › ')[0]) && !found.has(title))).toEqual([]);
  });
});
