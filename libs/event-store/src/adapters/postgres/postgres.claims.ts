import type { Pool, QueryResultRow } from 'pg';
import type { Claims, Lease } from '../../claims.js';

interface LeaseRow {
  readonly kind: string;
  readonly key: string;
  readonly holder: string;
  readonly fence: string;
  readonly expires_at: Date;
}

const LEASE = 'kind, key, holder, fence, expires_at';
const LATER = (n: number): string => `clock_timestamp() + $${n}::float8 * interval '1 ms'`;

const STATEMENTS = {
  acquire: `INSERT INTO afterimage.claim AS c (form, kind, key, holder, fence, expires_at)
    VALUES ('lease', $1, $2, $3, nextval('afterimage.claim_fence'), ${LATER(4)})
    ON CONFLICT (form, kind, key) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,
      fence = CASE WHEN c.holder = excluded.holder THEN c.fence ELSE excluded.fence END
    WHERE c.holder = excluded.holder OR c.expires_at <= clock_timestamp()
    RETURNING ${LEASE}`,
  renew: `UPDATE afterimage.claim SET expires_at = ${LATER(5)} WHERE form = 'lease' AND kind = $1 AND key = $2 AND holder = $3 AND fence = $4`,
  release: `DELETE FROM afterimage.claim WHERE form = 'lease' AND kind = $1 AND key = $2 AND holder = $3 AND fence = $4`,
  holder: `SELECT ${LEASE} FROM afterimage.claim WHERE form = 'lease' AND kind = $1 AND key = $2 AND expires_at > clock_timestamp()`,
  expired: `SELECT ${LEASE} FROM afterimage.claim WHERE form = 'lease' AND kind = $1 AND expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $2`,
  held: `SELECT kind, count(*)::int AS held FROM afterimage.claim WHERE form = 'lease' AND expires_at > clock_timestamp() GROUP BY kind`,
  expireHolders: `UPDATE afterimage.claim SET expires_at = clock_timestamp()
    WHERE form = 'lease' AND expires_at > clock_timestamp() AND holder ^@ $1 AND holder <> ALL ($2::text[])`,
  // Where the name is taken, the update changes nothing but answers whose it is.
  name: `INSERT INTO afterimage.claim AS c (form, kind, key, holder, expires_at) VALUES ('name', $1, $2, $3, 'infinity')
    ON CONFLICT (form, kind, key) DO UPDATE SET holder = c.holder RETURNING c.holder`,
  unname: `DELETE FROM afterimage.claim WHERE form = 'name' AND kind = $1 AND key = $2 AND holder = $3`,
  named: `SELECT holder FROM afterimage.claim WHERE form = 'name' AND kind = $1 AND key = $2`,
};

/** All times are the database's. */
export function createPostgresClaims({ pool }: { readonly pool: Pool }): Claims {
  return new PostgresClaims(pool);
}

class PostgresClaims implements Claims {
  constructor(private readonly pool: Pool) {}

  async acquire(kind: string, key: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const { rows } = await this.run<LeaseRow>('acquire', kind, key, holder, ttlMs);
    return rows.map(leaseOf)[0];
  }

  async renew({ kind, key, holder, fence }: Lease, ttlMs: number): Promise<boolean> {
    const { rowCount } = await this.run('renew', kind, key, holder, fence, ttlMs);
    return rowCount === 1;
  }

  async release({ kind, key, holder, fence }: Lease): Promise<void> {
    await this.run('release', kind, key, holder, fence);
  }

  async holder(kind: string, key: string): Promise<Lease | undefined> {
    const { rows } = await this.run<LeaseRow>('holder', kind, key);
    return rows.map(leaseOf)[0];
  }

  async expired(kind: string, limit: number): Promise<Lease[]> {
    const { rows } = await this.run<LeaseRow>('expired', kind, limit);
    return rows.map(leaseOf);
  }

  async held(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.run<{ kind: string; held: number }>('held');
    return new Map(rows.map(({ kind, held }) => [kind, held]));
  }

  async expireHolders(prefix: string, except: readonly string[]): Promise<number> {
    const { rowCount } = await this.run('expireHolders', prefix, except);
    return rowCount ?? 0;
  }

  async name(kind: string, key: string, holder: string): Promise<boolean> {
    const { rows } = await this.run<{ holder: string }>('name', kind, key, holder);
    return rows[0]?.holder === holder;
  }

  async unname(kind: string, key: string, holder: string): Promise<void> {
    await this.run('unname', kind, key, holder);
  }

  async named(kind: string, key: string): Promise<string | undefined> {
    const { rows } = await this.run<{ holder: string }>('named', kind, key);
    return rows[0]?.holder;
  }

  private run<Row extends QueryResultRow>(statement: keyof typeof STATEMENTS, ...values: unknown[]) {
    return this.pool.query<Row>({ name: `claim-${statement}`, text: STATEMENTS[statement], values });
  }
}

const leaseOf = ({ kind, key, holder, fence, expires_at: expiresAt }: LeaseRow): Lease => ({ kind, key, holder, fence: BigInt(fence), expiresAt });
