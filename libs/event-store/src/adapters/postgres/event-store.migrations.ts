import { sql } from 'kysely';
import type { Migrations } from './migrate.js';

const EVENT_LOG = [
  `CREATE TABLE afterimage.event (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    stream text COLLATE "C" NOT NULL,
    revision int NOT NULL,
    id uuid NOT NULL,
    type text COLLATE "C" NOT NULL,
    v smallint NOT NULL,
    body text NOT NULL,
    data text,
    salt bytea NOT NULL,
    chain bytea NOT NULL,
    recorded_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT event_revision PRIMARY KEY (stream, revision),
    CONSTRAINT event_seq UNIQUE (seq),
    CONSTRAINT event_id UNIQUE (id)
  )`,
  // A queue: without its own limits, the rows that were moved on are cleaned up far too late.
  `CREATE TABLE afterimage.event_pending (seq bigint PRIMARY KEY)
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0)`,
  `CREATE TABLE afterimage.log (position bigint PRIMARY KEY, seq bigint NOT NULL UNIQUE, head bytea NOT NULL)`,
  // Called by whoever holds the sequencer's lock, and by nobody else. A function, so that a batch is one round trip. The
  // lateral limit keeps the planner from reading the whole event table.
  `CREATE FUNCTION afterimage.move_to_log(at_most int) RETURNS int LANGUAGE plpgsql AS $$
    DECLARE
      last bigint;
      head bytea;
      pending record;
      seqs bigint[] := '{}';
      heads bytea[] := '{}';
    BEGIN
      SELECT l.position, l.head INTO last, head FROM afterimage.log l ORDER BY l.position DESC LIMIT 1;
      IF NOT FOUND THEN
        last := 0;
        head := decode(repeat('00', 32), 'hex');
      END IF;
      FOR pending IN
        SELECT p.seq, e.chain FROM (SELECT seq FROM afterimage.event_pending ORDER BY seq LIMIT at_most) p
        CROSS JOIN LATERAL (SELECT chain FROM afterimage.event WHERE seq = p.seq LIMIT 1) e ORDER BY p.seq
      LOOP
        head := sha256(head || pending.chain);
        seqs := array_append(seqs, pending.seq);
        heads := array_append(heads, head);
      END LOOP;
      IF cardinality(seqs) > 0 THEN
        DELETE FROM afterimage.event_pending WHERE seq = ANY (seqs);
        INSERT INTO afterimage.log (position, seq, head)
          SELECT last + u.n, u.seq, u.head FROM unnest(seqs, heads) WITH ORDINALITY AS u(seq, head, n);
        PERFORM pg_notify('afterimage_log', '');
      END IF;
      RETURN cardinality(seqs);
    END $$`,
  `CREATE TABLE afterimage.follower (name text PRIMARY KEY, version int NOT NULL DEFAULT 1, position bigint NOT NULL)`,
];

const CLAIMS = [
  `CREATE SEQUENCE afterimage.claim_fence`,
  `CREATE TABLE afterimage.claim (
    form text NOT NULL CHECK (form IN ('lease', 'reservation', 'name')),
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL,
    amount numeric,
    fence bigint,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (form, kind, key, holder)
  )`,
  `CREATE UNIQUE INDEX claim_one_holder ON afterimage.claim (form, kind, key) WHERE form <> 'reservation'`,
  // A function, so that the lock is held before the statement after it looks: one round trip instead of four.
  `CREATE FUNCTION afterimage.reserve(of_kind text, of_key text, by text, wanted numeric, used numeric, at_most numeric, ttl_ms float8)
    RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(of_kind || chr(31) || of_key, 2));
      IF used + wanted + (SELECT coalesce(sum(amount), 0) FROM afterimage.claim
          WHERE form = 'reservation' AND kind = of_kind AND key = of_key AND holder <> by AND expires_at > clock_timestamp()) > at_most THEN
        RETURN false;
      END IF;
      INSERT INTO afterimage.claim (form, kind, key, holder, amount, expires_at)
        VALUES ('reservation', of_kind, of_key, by, wanted, clock_timestamp() + ttl_ms * interval '1 ms')
        ON CONFLICT (form, kind, key, holder) DO UPDATE SET amount = excluded.amount, expires_at = excluded.expires_at;
      RETURN true;
    END $$`,
];

/** Reservations stand beside what they are added to: with the usage of whoever limits it. */
const CLAIMS_WITHOUT_RESERVATIONS = [
  `DELETE FROM afterimage.claim WHERE form = 'reservation'`,
  `DROP FUNCTION afterimage.reserve(text, text, text, numeric, numeric, numeric, float8)`,
  `DROP INDEX afterimage.claim_one_holder`,
  `CREATE UNIQUE INDEX claim_one_holder ON afterimage.claim (form, kind, key)`,
  `ALTER TABLE afterimage.claim DROP COLUMN amount, DROP CONSTRAINT claim_form_check, ADD CONSTRAINT claim_form_check CHECK (form IN ('lease', 'name'))`,
];

export const EVENT_STORE_MIGRATIONS: Migrations = {
  '0001-event-log': { up: async (db) => run(db, EVENT_LOG) },
  '0002-claims': { up: async (db) => run(db, CLAIMS) },
  '0003-claims-without-reservations': { up: async (db) => run(db, CLAIMS_WITHOUT_RESERVATIONS) },
};

async function run(db: Parameters<Migrations[string]['up']>[0], statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
