import { eventStoreContract } from '../../event-store.contract.js';
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
  describe('the event store contract, kurrent', () => void it.skip('skipped: no server (KURRENTDB_URL is not set)', () => undefined));
} else {
  eventStoreContract<never>('kurrent', async () => {
    const store = new KurrentEventStore({ url });
    return { store, write: () => undefined as never, written: async () => undefined, close: () => store.close() };
  }, WAIVED);
}
