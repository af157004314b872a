import { claimsContract } from '../../claims.contract.js';
import type { Claims } from '../../claims.js';
import { pause } from '../../event-store.fixture.js';
import { breaking, failureOf, recordSuite } from '../../recorded-suite.fixture.js';
import { createMemoryClaims } from './memory.claims.js';

const suiteOf = (broken: (claims: Claims) => Partial<Claims>) => recordSuite(() => claimsContract('broken', async () => {
  let ms = 1_000_000;
  const sound = createMemoryClaims(() => ms);
  return { claims: breaking(sound, broken(sound)), pass: async (more: number) => void (ms += more), close: async () => undefined };
}));

/** Takes a lease from whoever holds it. */
async function robbed(claims: Claims, ...[kind, key, holder, ttlMs]: Parameters<Claims['acquire']>) {
  const held = await claims.holder(kind, key);
  if (held && held.holder !== holder) await claims.release(held);
  return claims.acquire(kind, key, holder, ttlMs);
}

/** Those who ask while another does get it too. */
function crowded(claims: Claims): Partial<Claims> {
  let asking = 0;
  return {
    async acquire(...of) {
      asking += 1;
      await pause(0);
      const lease = await (asking > 1 ? robbed(claims, ...of) : claims.acquire(...of));
      asking -= 1;
      return lease;
    },
    async name(...of) {
      asking += 1;
      await pause(0);
      const own = await claims.name(...of);
      const told = asking > 1 || own;
      asking -= 1;
      return told;
    },
  };
}

/** What is broken, by the case that must find it. */
const BROKEN: readonly [string, string, (claims: Claims) => Partial<Claims>][] = [
  ['leases › belong to one holder at a time', 'give a lease to whoever asks', (claims) => ({ acquire: (...of) => robbed(claims, ...of) })],
  ['leases › go to exactly one of many that ask at once', 'give a lease to all who ask at once', crowded],
  ['leases › of different kinds and keys do not meet', 'do not tell kinds apart', (claims) => ({ acquire: (_kind, ...of) => claims.acquire('upload', ...of) })],
  ['leases › keep their fence when the same holder takes them again, and get a greater one with each other holder', 'have one fence for all', (claims) => ({ acquire: async (...of) => {
    const lease = await claims.acquire(...of);
    return lease && { ...lease, fence: 1n };
  } })],
  ['leases › live longer when renewed', 'renew nothing', () => ({ renew: async () => true })],
  ['leases › can be renewed after their time while nobody took them, and not after', 'renew nothing after its time', (claims) => ({ renew: async (lease, ttlMs) => ((await claims.holder(lease.kind, lease.key)) ? claims.renew(lease, ttlMs) : false) })],
  ['leases › are not ended by a holder that lost them, even one of the same name', 'end what another holds now', (claims) => ({ release: async (lease) => claims.release((await claims.holder(lease.kind, lease.key)) ?? lease) })],
  ['leases › are gone once released', 'release nothing', () => ({ release: async () => undefined })],
  ['leases › stay among the expired, oldest first, until taken or released', 'have the oldest last', (claims) => ({ expired: async (...of) => (await claims.expired(...of)).toReversed() })],
  ['leases › of the holders with a prefix end at once, but those of the holders named', 'end those of the holders named too', (claims) => ({ expireHolders: (prefix) => claims.expireHolders(prefix, []) })],
  ['tell how many of each kind are held', 'count none', () => ({ held: async () => new Map<string, number>() })],
  ['names › belong to the first that asks, for ever', 'give a name to whoever asks', (claims) => ({ name: async (kind, key, holder) => {
    await claims.unname(kind, key, (await claims.named(kind, key)) ?? '');
    return claims.name(kind, key, holder);
  } })],
  ['names › go to exactly one of many that ask at once', 'give a name to all who ask at once', crowded],
  ['names › are free again when their holder, and nobody else, gives them up', 'let anybody give a name up', (claims) => ({ unname: async (kind, key) => claims.unname(kind, key, (await claims.named(kind, key)) ?? '') })],
  ['names › tell whose they are', 'tell of no name whose it is', () => ({ named: async () => undefined })],
];

describe('seed 39: the claims contract', () => {
  const sound = suiteOf(() => ({}));

  it.each(BROKEN)('by the case "%s" finds claims that %s', async (title, _what, broken) => {
    expect(await failureOf(sound, title)).toBeUndefined();
    expect(await failureOf(suiteOf(broken), title)).toEqual(expect.any(String));
  });

  it('has no case that finds nothing', () => {
    const found = new Set(BROKEN.map(([title]) => title));
    expect([...new Set(sound.map(({ title }) => title))].filter((title) => !found.has(title))).toEqual([]);
  });
});
