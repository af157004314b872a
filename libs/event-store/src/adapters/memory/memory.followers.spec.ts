import { followerContract } from '../../follower.contract.js';
import { createMemoryCheckpoints } from './memory.checkpoints.js';
import { createMemoryClaims } from './memory.claims.js';
import { createMemoryEventStore } from './memory.event-store.js';

followerContract('memory', async () => {
  const store = createMemoryEventStore();
  return { store, claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), close: () => store.close() };
});
