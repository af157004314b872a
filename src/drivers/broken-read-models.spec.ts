import { failureOf } from '#event-store/conformance';
import { isSpareName, MarkerNotFound, NO_USAGE, type NamespaceQuery, type TaskQuery, type Usage } from './index.js';
import { byArrival, changing, firstAlone, metadefs, progress, projecting, suiteOf, target, tasks, usage, type Broken, type Driver } from './broken-drivers.fixture.js';

const reserving = (change: (...of: Parameters<Usage['reserve']>) => Parameters<Usage['reserve']>) => usage((whole) => ({ reserve: (...of) => whole.reserve(...change(...of)) }));
const listing = (change: (query: TaskQuery) => TaskQuery) => tasks((list) => ({ list: (query) => list.list(change(query)) }));
const browsing = (change: (query: NamespaceQuery) => NamespaceQuery) => metadefs((catalog) => ({ list: (query) => catalog.list(change(query)) }));
const flipped = { asc: 'desc', desc: 'asc' } as const;
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** As if there were twice the room while others ask. */
function crowded(whole: Usage): Partial<Usage> {
  let asking = 0;
  return {
    async reserve(asked, limit, ttlMs) {
      asking += 1;
      await tick();
      try {
        return await whole.reserve(asked, asking > 1 ? limit * 2n : limit, ttlMs);
      } finally {
        asking -= 1;
      }
    },
  };
}

const withoutImports = (driver: Driver): Driver => ({ ...driver, projections: driver.projections.filter(({ name }) => name !== 'image-tasks') });

const USAGE: readonly Broken[] = [
  ['what owners use › is nothing for one that never owned anything', 'fails for who owns nothing', usage((whole) => ({ of: async (owner) => {
    const used = await whole.of(owner);
    if (used === NO_USAGE) throw new Error('no such owner');
    return used;
  } }))],
  ['what owners use › CVE-2014-9623: counts a deleted image\'s bytes until they are purged, and the image no longer', 'counts no bytes of deleted images', usage((whole) => ({ of: async (owner) => {
    const used = await whole.of(owner);
    return { ...used, bytes: used.live };
  } }))],
  ['what owners use › counts size × places, those included that the image lost and that still hold bytes', 'books twice', projecting('usage', (write) => (change) => [...write(change), ...write(change)])],
  ['what owners use › moves with the image to another owner, and from and to nobody', 'leaves usage with who gave an image away', projecting('usage', (write) => (change) => write(change).slice(-1))],
  ['what owners use › sums images of every size and id exactly, beyond 2^63 too', 'sums in 64 bits', usage((whole) => ({ of: async (owner) => {
    const used = await whole.of(owner);
    return { ...used, bytes: BigInt.asIntN(64, used.bytes) };
  } }))],
  ['what owners use › is the same when it is counted again from zero, in one step or in many', 'counts the first change of an image alone', firstAlone('usage')],
  ['reservations › fit beside what is used and reserved, up to the limit itself', 'does not look at what is used', usage((whole) => ({ reserve: async (asked, limit, ttlMs) => whole.reserve(asked, limit + (await whole.of(asked.owner))[asked.what], ttlMs) }))],
  ['reservations › fit beside what is used and reserved, up to the limit itself', 'has a limit that is exclusive', reserving((asked, limit, ttlMs) => [asked, limit - 1n, ttlMs])],
  ['reservations › get as much as there is room for, but never less than the least', 'gives the least', reserving((asked, ...more) => [{ ...asked, most: asked.least }, ...more])],
  ['reservations › of one owner or kind leave others their room', 'has one room for all owners', reserving((asked, ...more) => [{ ...asked, owner: 'p1' }, ...more])],
  ['reservations › of one owner or kind leave others their room', 'has one room for all kinds', reserving((asked, ...more) => [{ ...asked, what: 'bytes' }, ...more])],
  ['reservations › tell how far an owner is beyond the limit, and give nothing then', 'has no room below nothing', usage((whole) => ({ reserve: async (...of) => {
    const answer = await whole.reserve(...of);
    return { ...answer, room: answer.room < 0n ? 0n : answer.room };
  } }))],
  ['reservations › never pass the limit, however many ask at once', 'lets who asks at once pass the limit', usage(crowded)],
  ['reservations › replace the holder\'s earlier one, even for another owner, and leave it where the new one does not fit', 'ends the earlier one where the new one does not fit', usage((whole) => ({ reserve: async (asked, ...more) => {
    await whole.release(asked.holder);
    return whole.reserve(asked, ...more);
  } }))],
  ['reservations › end when released, or with their time unless renewed', 'renews nothing', usage(() => ({ renew: async () => undefined }))],
  ['reservations › end when released, or with their time unless renewed', 'has reservations that never end', reserving((asked, limit) => [asked, limit, 1e9])],
  ['reservations › end when released, or with their time unless renewed', 'releases nothing', usage(() => ({ release: async () => undefined }))],
  ['reservations › CVE-2015-5286: end with the very append that books them, so that room is neither lost nor given twice', 'keeps reservations that were booked', changing('usage', (change) => ({ ...change, settles: undefined }))],
  ['reservations › user-asks 6: together with usage never pass the limit while bookings and reservations run at once', 'does not look at other holders', reserving((asked, ...more) => [{ ...asked, owner: `${asked.owner}/${asked.holder}` }, ...more])],
];

const TASKS: readonly Broken[] = [
  ['gives a task whole, at each step of its life', 'forgets when a task changed', tasks((list) => ({ find: async (id) => {
    const task = await list.find(id);
    return task && { ...task, updatedAt: task.createdAt };
  } }))],
  ['gives a task whole, at each step of its life', 'finds tasks in lower case alone', tasks((list) => ({ find: async (id) => (id === id.toLowerCase() ? list.find(id) : undefined) }))],
  ['finds nothing as %p', 'finds by ids without dashes', tasks((list) => ({ find: (id) => list.find(id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')) }))],
  ['keeps the later of two states, however often and in whatever order they come', 'keeps the first state', firstAlone('task')],
  ['has the imports of images as tasks, written anew from zero just as step by step', 'has no imports', withoutImports],
  ['lists the tasks of an image, the oldest first, and of no other', 'has the oldest last', tasks((list) => ({ ofImage: async (id) => (await list.ofImage(id)).toReversed() }))],
  ['lists the tasks of an image, the oldest first, and of no other', 'finds images in lower case alone', tasks((list) => ({ ofImage: async (id) => (id === id.toLowerCase() ? list.ofImage(id) : []) }))],
  ['shows an admin all, and a project its own and what is nobody\'s', 'shows everybody all', listing((query) => ({ ...query, viewer: { ...query.viewer, admin: true } }))],
  ['shows what ended long ago no more', 'shows what is expired', listing((query) => ({ ...query, endedAfter: '' }))],
  ['filters by %j', 'does not filter by status', listing((query) => ({ ...query, filters: { ...query.filters, status: undefined } }))],
  ['pages by %s %s without gap or double', 'leaves out the first after a marker', tasks((list) => ({ list: async (query) => (await list.list(query)).slice(query.marker === undefined ? 0 : 1) }))],
  ['sorts what has not ended behind what has', 'sorts what has not ended first', listing(({ sort, ...query }) => ({ ...query, sort: { ...sort, direction: sort.key === 'expires_at' ? flipped[sort.direction] : sort.direction } }))],
  ['refuses a marker %s', 'shows nothing after such a marker', tasks((list) => ({ list: (query) => list.list(query).catch((error: unknown) => {
    if (error instanceof MarkerNotFound) return [];
    throw error;
  }) }))],
  ['shows at most so many, and none at limit 0', 'has no limit', listing((query) => ({ ...query, limit: 1000 }))],
  ['knows what the Tasks API asked for and nobody has done', 'begins anew with each page', tasks((list) => ({ open: (_after, limit) => list.open(undefined, limit) }))],
  ['how far a task is › is told by store, with what part of the whole that is', 'has stores backward', progress((whole) => ({ of: async (id) => (await whole.of(id)).toReversed() }))],
  ['how far a task is › is told by store, with what part of the whole that is', 'knows tasks in lower case alone', progress((whole) => ({ set: async (id, ...of) => (id === id.toLowerCase() ? whole.set(id, ...of) : undefined) }))],
  ['how far a task is › is never more than all of it', 'divides by nothing', progress((whole) => ({ of: async (id) => (await whole.of(id)).map((one) => ({ ...one, percentage: (one.bytes / (one.total ?? 1)) * 100 })) }))],
  ['how far a task is › is forgotten when the task has ended, and not told of what is no task', 'remembers', progress((whole) => {
    const told = new Map<string, Awaited<ReturnType<typeof whole.of>>>();
    return {
      set: async (id, ...of) => {
        await whole.set(id, ...of);
        told.set(id, [...(await whole.of(id)), ...(told.get(id) ?? [])]);
      },
      of: async (id) => told.get(id) ?? [],
    };
  })],
];

const METADEFS: readonly Broken[] = [
  ['finds a namespace by its name, with what it defines', 'finds in any case', metadefs((catalog) => ({ find: (name) => catalog.find(name.toLowerCase()) }))],
  ['forgets a namespace that is gone, but not its id', 'forgets ids', metadefs((catalog) => ({ known: async (ids) => new Set((await Promise.all(ids.map(async (id) => ((await catalog.content(id)) ? [id] : [])))).flat()) }))],
  ['knows an id whose deletion came before its creation', 'writes no deletion without a creation', projecting('metadef-catalog', (write) => (change) => (JSON.stringify(change.after).includes('"created"') ? write(change) : []))],
  ['stays at the latest revision, in whatever order the changes come', 'lets what arrives later win', byArrival('metadef-catalog')],
  ['shows an admin all, and others what is public or theirs', 'shows everybody all', browsing((query) => ({ ...query, viewer: { ...query.viewer, admin: true } }))],
  ['filters by visibility, owner and any of some resource types', 'wants the first of the resource types', browsing((query) => ({ ...query, resourceTypes: query.resourceTypes?.slice(1) }))],
  ['pages by %s in both directions, without gap or double', 'leaves out the first after a marker', metadefs((catalog) => ({ list: async (query) => (await catalog.list(query)).slice(query.marker === undefined ? 0 : 1) }))],
  ['pages on after a marker that the filters leave out, and shows nothing after one that is gone', 'begins anew after a marker that is gone', metadefs((catalog) => ({ list: async (query) => {
    const all = await catalog.list({ viewer: { admin: true, project: null }, sort: query.sort, limit: 1000 });
    return catalog.list(all.some(({ id }) => id === query.marker) ? query : { ...query, marker: undefined });
  } }))],
  ['lets the namespace that was named first keep a name that sites gave twice, and finds the other by its spare name', 'does not find by spare names', metadefs((catalog) => ({ find: async (name) => (isSpareName(name) ? undefined : catalog.find(name)) }))],
];

const TARGET: readonly Broken[] = [
  ['knows no checkpoint before the first writes, and then the one they moved it to', 'has a checkpoint before the first writes', target((whole) => ({ checkpoint: async (name) => (await whole.checkpoint(name)) ?? 0n }))],
  ['does nothing where the checkpoint is not where the writes go on from', 'writes from wherever the checkpoint is', target((whole) => ({ apply: async (name, _from, ...more) => whole.apply(name, (await whole.checkpoint(name)) ?? 0n, ...more) }))],
  ['makes the writes of one of many at once', 'looks at the checkpoint before the others have moved it', target((whole) => ({ apply: async (name, from, to, writes) => {
    if (((await whole.checkpoint(name)) ?? 0n) !== from) return false;
    await tick();
    return whole.apply(name, (await whole.checkpoint(name)) ?? 0n, to, writes);
  } }))],
  ['makes writes in their order, thousands of them, whatever characters are in them', 'leaves out what is more than a thousand', target((whole) => ({ apply: (name, from, to, writes) => whole.apply(name, from, to, writes.slice(0, 1000)) }))],
  ['with a projector › has the rows that appends would have written, in pages of any size, with any number of states kept', 'moves the checkpoint without the rows', target((whole) => ({ apply: (name, from, to) => whole.apply(name, from, to, []) }))],
  ['with a projector › counts nothing twice with several of them at once, nor when the answer to a write is lost', 'makes writes though another was faster', target((whole) => ({ apply: async (name, from, to, writes) => {
    const done = await whole.apply(name, from, to, writes);
    if (!done) for (const write of writes) write();
    return done;
  } }))],
];

/** In memory nothing fails and nothing waits for another, and what has no creation is not written by the helpers. */
const NOT_BROKEN = [
  'ignores a stream without a creation', 'lists nothing of a namespace before its creation has come', 'writes nothing of an image whose imports are what they were', 'makes all writes or none',
  'what owners use › does not wait in a circle when images are given both ways between two owners at once',
];
const OF_IMAGES = ['find', 'who sees what in a list', 'members', 'filters', 'order', 'limit and marker'];

describe.each([['usage', USAGE], ['tasks', TASKS], ['metadata definitions', METADEFS], ['the target', TARGET]])('seed 39: the suite of read models, on %s', (_of, broken) => {
  const sound = suiteOf((driver) => driver);

  it.each(broken)('by the case "%s" finds a driver that %s', async (title, _what, make) => {
    expect(await failureOf(sound, title)).toBeUndefined();
    expect(await failureOf(suiteOf(make), title)).toEqual(expect.any(String));
  }, 60_000);
});

it('seed 39: every other case of the suite of read models finds a driver that breaks its promise', () => {
  const all = suiteOf((driver) => driver).map(({ title }) => title);
  const found = new Set([...USAGE, ...TASKS, ...METADEFS, ...TARGET].map(([title]) => title).concat(NOT_BROKEN));
  const after = all.findLastIndex((title) => OF_IMAGES.includes(title.split(' › ')[0] ?? ''));
  expect([...new Set(all.slice(after + 1))].filter((title) => !found.has(title) && !FIRST.includes(title))).toEqual([]);
});

/** Those of images that stand after their blocks. */
const FIRST = [
  'lists open work in id order, page by page, until it has ended', 'keeps what it has when an older or the same revision is written again',
  'has the same rows when it is filled again from revision 0, in one step or in many, with repeats',
];
