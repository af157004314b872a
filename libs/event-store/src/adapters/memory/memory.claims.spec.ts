import { claimsContract } from '../../claims.contract.js';
import { createMemoryClaims } from './memory.claims.js';

claimsContract('memory', async () => {
  let ms = 1_000_000;
  return { claims: createMemoryClaims(() => ms), pass: async (more) => void (ms += more), close: async () => undefined };
});
