import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { eventStoreContract } from '../../event-store.contract.js';
import { note, streamName } from '../../event-store.fixture.js';
import { EMPTY_STREAM } from '../../event-store.js';
import { KurrentEventStore } from './kurrent.event-store.js';

const url = process.env['KURRENTDB_URL'];

const NO_INLINE = 'KurrentDB has no tables of ours: the read model follows the log';
const WAIVED = {
  'undoes all events and inline writes when one is refused': NO_INLINE,
  'makes all inline writes with the events': NO_INLINE,
  'gives dense positions from 1 and a head that follows from every chain': 'positions are those of $all: `densePositions` is false',
  'refuses an event that stands elsewhere, as a mistake and not as a lost race': 'an id is looked for in its own stream only',
};

if (url === undefined) {
  describe('the event store contract, kurrent', () => {
    it.skip('skipped: no server (KURRENTDB_URL is not set)', () => undefined);
  });
} else {
  eventStoreContract<never>('kurrent', async () => {
    const store = new KurrentEventStore({ url });
    return { store, write: () => undefined as never, written: async () => undefined, close: () => store.close() };
  }, WAIVED);
  describe('the KurrentDB event store', () => {
    const client = KurrentDBClient.connectionString(url);
    const store = new KurrentEventStore({ url });
    afterAll(async () => {
      await store.close();
      await client.dispose();
    });

    it('leaves the events of other programs out of the log, and refuses them in a stream of its own', async () => {
      const [ours, theirs] = [streamName('ours'), streamName('theirs')];
      await store.append(ours, EMPTY_STREAM, [note(ours)]);
      for (const stream of [ours, theirs]) await client.appendToStream(stream, [jsonEvent({ type: 'Other', data: { a: 1 } })]);
      expect((await store.readLog({ filter: { streams: [ours, theirs] } })).events).toHaveLength(1);
      await expect(store.readStream(ours)).rejects.toMatchObject({ code: 'EventCorrupt' });
    });

    it.each([[{ maxCount: 3 }], [{ maxAge: 60 }], [{ truncateBefore: 1 }]])('does not start on a stream of its own with %j, and does once that is gone', async (metadata) => {
      const [family, other] = [streamName('cut'), streamName('other')];
      const stream = streamName(family);
      await client.setStreamMetadata(stream, metadata);
      await expect(store.assertKeptForEver([family])).rejects.toMatchObject({ code: 'LogMayBeCut', streams: [expect.stringContaining(stream)] });
      await store.assertKeptForEver([other]);
      await client.setStreamMetadata(stream, {});
      await store.assertKeptForEver([family]);
    });

    it('does not go on in a stream that was deleted', async () => {
      const stream = streamName();
      await store.append(stream, EMPTY_STREAM, [note(stream)]);
      await client.deleteStream(stream);
      await expect(store.append(stream, EMPTY_STREAM, [note(stream)])).rejects.toMatchObject({ code: 'EventCorrupt' });
    });
  });
}

it('says that the server is away, so that one may ask again, and closes all the same', async () => {
  const away = new KurrentEventStore({ url: 'kurrentdb://127.0.0.1:1?tls=false' });
  await expect(away.head()).rejects.toMatchObject({ code: 'DatabaseUnavailable' });
  await expect(away.readStream('counter-1')).rejects.toMatchObject({ code: 'DatabaseUnavailable' });
  await expect(away.append('counter-1', EMPTY_STREAM, [note('counter-1')])).rejects.toMatchObject({ code: 'DatabaseUnavailable' });
  const forget = away.onAppended(() => undefined);
  forget();
  await away.close();
});
