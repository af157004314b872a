import { FORWARDS, jsonEvent, KurrentDBClient, NO_STREAM, START, streamNameFilter } from '@kurrent/kurrentdb-client';
import { EMPTY_STREAM, openKurrentEventStore, type EventStore } from '#event-store';
import { compare, wanted } from './compare.js';
import { APPENDS, events, perSecond, readAll } from './log.js';

const APPEND = 'KurrentDB: append one event / its own client';
const READ = 'KurrentDB: read the whole log / its own client';

/** Against the engine's own client, by turns, on the server of `KURRENTDB_URL`. */
export async function logOnKurrent(url = process.env['KURRENTDB_URL']): Promise<void> {
  if (![APPEND, READ].some(wanted)) return;
  if (url === undefined) return console.log('KurrentDB: skipped, KURRENTDB_URL is not set');
  const store = await openKurrentEventStore({ url });
  const client = KurrentDBClient.connectionString(url);
  const bare = (of: ReturnType<typeof events>) => of.map(({ stream, sealed: { id, type, body, data } }) => () =>
    client.appendToStream(stream, jsonEvent({ id, type, data: { body, data } }), { streamState: NO_STREAM }));
  const ours = (of: ReturnType<typeof events>) => of.map(({ stream, sealed }) => () => store.append(stream, EMPTY_STREAM, [sealed]));
  try {
    await compare({ what: APPEND, unit: 'ev/s', aim: 0.8, ours: () => perSecond(ours(events(APPENDS))), reference: () => perSecond(bare(events(APPENDS))) });
    await compare({ what: READ, unit: 'ev/s', ours: () => readAll(store as EventStore), reference: () => readBare(client) });
  } finally {
    await store.close();
    await client.dispose();
  }
}

async function readBare(client: KurrentDBClient): Promise<number> {
  const started = performance.now();
  let read = 0;
  for await (const { event } of client.readAll({ direction: FORWARDS, fromPosition: START, filter: streamNameFilter({ regex: '^[^$]' }) })) if (event) read += 1;
  return read / ((performance.now() - started) / 1000);
}
