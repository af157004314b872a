import { randomUUID } from 'node:crypto';
import type { Claims, Lease } from './claims.js';

export interface ClaimsUnderTest {
  readonly claims: Claims;
  /** Lets so much time pass for everything claimed until now. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every driver of claims must do; `create` makes a new, empty one. */
export function claimsContract(name: string, create: () => Promise<ClaimsUnderTest>): void {
  describe(`the claims contract, ${name}`, () => {
    let under: ClaimsUnderTest;
    let claims: Claims;
    let key: string;
    beforeAll(async () => {
      under = await create();
      claims = under.claims;
    });
    beforeEach(() => (key = randomUUID()));
    afterAll(() => under.close());

    const take = async (holder: string, ttlMs = 60_000, kind = 'upload'): Promise<Lease> => {
      const lease = await claims.acquire(kind, key, holder, ttlMs);
      if (!lease) throw new Error(`${holder} did not get the lease`);
      return lease;
    };

    describe('leases', () => {
      it('belong to one holder at a time', async () => {
        const lease = await take('a');
        expect(lease).toMatchObject({ kind: 'upload', key, holder: 'a' });
        expect(await claims.acquire('upload', key, 'b', 60_000)).toBeUndefined();
        expect(await claims.holder('upload', key)).toMatchObject({ holder: 'a', fence: lease.fence });
      });

      it('go to exactly one of many that ask at once', async () => {
        const asked = await Promise.all(Array.from({ length: 10 }, (_, i) => claims.acquire('upload', key, `h${i}`, 60_000)));
        expect(asked.filter(Boolean)).toHaveLength(1);
      });

      it('of different kinds and keys do not meet', async () => {
        await take('a');
        await expect(take('b', 60_000, 'follower')).resolves.toMatchObject({ holder: 'b' });
        expect(await claims.acquire('upload', `${key}2`, 'b', 60_000)).toBeDefined();
      });

      it('keep their fence when the same holder takes them again, and get a greater one with each other holder', async () => {
        const first = await take('a');
        expect((await take('a')).fence).toBe(first.fence);
        await under.pass(70_000);
        const second = await take('b');
        await claims.release(second);
        const third = await take('a');
        expect([second.fence > first.fence, third.fence > second.fence]).toEqual([true, true]);
      });

      it('live longer when renewed', async () => {
        const lease = await take('a', 60_000);
        await under.pass(50_000);
        expect(await claims.renew(lease, 60_000)).toBe(true);
        await under.pass(50_000);
        expect(await claims.holder('upload', key)).toMatchObject({ holder: 'a' });
        expect(await claims.acquire('upload', key, 'b', 60_000)).toBeUndefined();
      });

      it('can be renewed after their time while nobody took them, and not after', async () => {
        const lease = await take('a');
        await under.pass(70_000);
        expect(await claims.holder('upload', key)).toBeUndefined();
        expect(await claims.renew(lease, 60_000)).toBe(true);
        await under.pass(70_000);
        await take('b');
        expect(await claims.renew(lease, 60_000)).toBe(false);
        expect(await claims.holder('upload', key)).toMatchObject({ holder: 'b' });
      });

      it('are not ended by a holder that lost them, even one of the same name', async () => {
        const old = await take('a');
        await under.pass(70_000);
        await claims.release(await take('b'));
        const current = await take('a');
        await claims.release(old);
        expect(await claims.renew(old, 60_000)).toBe(false);
        expect(await claims.holder('upload', key)).toMatchObject({ fence: current.fence });
      });

      it('are gone once released', async () => {
        const lease = await take('a');
        await claims.release(lease);
        expect(await claims.renew(lease, 60_000)).toBe(false);
        expect(await claims.holder('upload', key)).toBeUndefined();
      });

      it('stay among the expired, oldest first, until taken or released', async () => {
        const kind = randomUUID();
        const leases = [];
        for (const [i, ttl] of [3_000, 1_000, 90_000, 2_000].entries()) leases.push(await claims.acquire(kind, `k${i}`, 'a', ttl));
        await under.pass(5_000);
        expect((await claims.expired(kind, 10)).map((lease) => lease.key)).toEqual(['k1', 'k3', 'k0']);
        expect((await claims.expired(kind, 1)).map((lease) => lease.key)).toEqual(['k1']);
        await claims.acquire(kind, 'k1', 'b', 60_000);
        if (leases[3]) await claims.release(leases[3]);
        expect((await claims.expired(kind, 10)).map((lease) => lease.key)).toEqual(['k0']);
      });

      it('of the holders with a prefix end at once, but those of the holders named', async () => {
        const host = `host_%-${randomUUID()}`;
        const kind = randomUUID();
        for (const [i, holder] of [`${host}/1`, `${host}/2`, `${host}/3`, `other${host}/1`].entries()) await claims.acquire(kind, `k${i}`, holder, 60_000);
        expect(await claims.expireHolders(host, [`${host}/2`])).toBe(2);
        expect((await claims.expired(kind, 10)).map(({ holder }) => holder).toSorted()).toEqual([`${host}/1`, `${host}/3`]);
        expect(await claims.holder(kind, 'k1')).toMatchObject({ holder: `${host}/2` });
        expect(await claims.expireHolders(host, [`${host}/2`])).toBe(0);
      });
    });

    it('tell how many of each kind are held', async () => {
      const kind = randomUUID();
      const first = await claims.acquire(kind, 'a', 'h', 60_000);
      await claims.acquire(kind, 'b', 'i', 60_000);
      await claims.acquire(kind, 'c', 'gone', 60_000);
      await claims.expireHolders('gone', []);
      expect((await claims.held()).get(kind)).toBe(2);
      if (first) await claims.release(first);
      expect((await claims.held()).get(kind)).toBe(1);
      expect((await claims.held()).get(randomUUID())).toBeUndefined();
    });

    describe('names', () => {
      it('belong to the first that asks, for ever', async () => {
        expect(await claims.name('namespace', key, 'a')).toBe(true);
        expect(await claims.name('namespace', key, 'a')).toBe(true);
        await under.pass(1_000_000_000);
        expect(await claims.name('namespace', key, 'b')).toBe(false);
      });

      it('go to exactly one of many that ask at once', async () => {
        const asked = await Promise.all(Array.from({ length: 10 }, (_, i) => claims.name('namespace', key, `h${i}`)));
        expect(asked.filter(Boolean)).toHaveLength(1);
      });

      it('are free again when their holder, and nobody else, gives them up', async () => {
        await claims.name('namespace', key, 'a');
        await claims.unname('namespace', key, 'b');
        expect(await claims.name('namespace', key, 'b')).toBe(false);
        await claims.unname('namespace', key, 'a');
        expect(await claims.name('namespace', key, 'b')).toBe(true);
      });

      it('tell whose they are', async () => {
        expect(await claims.named('namespace', key)).toBeUndefined();
        await claims.name('namespace', key, 'a');
        await claims.name('namespace', key, 'b');
        expect(await claims.named('namespace', key)).toBe('a');
        expect(await claims.named('other', key)).toBeUndefined();
      });
    });
  });
}
