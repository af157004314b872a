export const USAGE_TABLES = `
CREATE TABLE IF NOT EXISTS usage (owner TEXT PRIMARY KEY, bytes TEXT NOT NULL, live TEXT NOT NULL, staged TEXT NOT NULL, images TEXT NOT NULL, uploading TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reservation (holder TEXT NOT NULL, what TEXT NOT NULL, owner TEXT NOT NULL, amount INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (holder, what)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reservation_by_owner ON reservation (owner, what);
`;

const SETTLE = 'DELETE FROM reservation WHERE holder = ?';

/** The difference is added, so it must be written once: the checkpoint of the same transaction sees to that. */
export const usageProjection = ({ IMAGE_STREAMS, MEASURES, usageChanges }) => ({
  name: 'usage',
  streamPrefix: IMAGE_STREAMS,
  write: (change) => [
    ...usageChanges(change).map((one) => ({
      sql: `INSERT INTO usage (owner, ${MEASURES.join()}) VALUES (?${', ?'.repeat(MEASURES.length)})
        ON CONFLICT (owner) DO UPDATE SET ${MEASURES.map((what) => `${what} = exact_sum(${what}, excluded.${what})`).join()}`,
      values: [one.owner, ...MEASURES.map((what) => String(one[what]))],
    })),
    ...(change.settles ?? []).map((holder) => ({ sql: SETTLE, values: [holder] })),
  ],
});

export function usage(db, { eachMeasure, NO_USAGE }, now) {
  const exact = (sql) => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  // What an owner has may be more than 64 bits hold.
  db.function('exact_sum', (one, other) => String(BigInt(one) + BigInt(other)));
  const used = db.prepare('SELECT * FROM usage WHERE owner = ?');
  const reserved = exact('SELECT coalesce(sum(amount), 0) AS amount FROM reservation WHERE owner = ? AND what = ? AND holder <> ? AND until > ?');
  const reserve = db.prepare(`INSERT INTO reservation (holder, what, owner, amount, until) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (holder, what) DO UPDATE SET owner = ?3, amount = ?4, until = ?5`);
  const renew = db.prepare('UPDATE reservation SET until = ?1 WHERE holder = ?2 AND until > ?3');
  const release = db.prepare(SETTLE);
  const of = (owner) => {
    const row = used.get(owner);
    return row ? eachMeasure((what) => BigInt(row[what])) : NO_USAGE;
  };
  return {
    of: async (owner) => of(owner),
    async reserve({ owner, what, holder, least, most = least }, limit, ttlMs) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const room = limit - of(owner)[what] - reserved.get(owner, what, holder, now()).amount;
        const amount = least > room ? undefined : most < room ? most : room;
        if (amount !== undefined) reserve.run(holder, what, owner, amount, now() + ttlMs);
        db.exec('COMMIT');
        return { amount, room };
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    renew: async (holder, ttlMs) => void renew.run(now() + ttlMs, holder, now()),
    release: async (holder) => void release.run(holder),
  };
}
