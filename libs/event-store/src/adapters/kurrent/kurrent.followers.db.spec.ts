import { followerContract } from '../../follower.contract.js';
import { createMemoryCheckpoints } from '../memory/memory.checkpoints.js';
import { createMemoryClaims } from '../memory/memory.claims.js';
import { KurrentEventStore } from './kurrent.event-store.js';

const url = process.env['KURRENTDB_URL'];

if (url === undefined) {
  describe('followers of the log, kurrent', () => {
    it.skip('skipped: no server (KURRENTDB_URL is not set)', () => undefined);
  });
} else {
  followerContract('kurrent', async () => {
    const store = new KurrentEventStore({ url });
    return { store, claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), close: () => store.close() };
  });
}
