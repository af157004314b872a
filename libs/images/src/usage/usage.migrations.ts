import { sql } from 'kysely';
import type { Migrations } from '#event-store';

/** Which of an owner's reservations and rows `reserve_usage` adds up. */
const reserve = (measure: string): string => `CREATE OR REPLACE FUNCTION afterimage.reserve_usage(of_owner text, of_what text, by text, at_least numeric, at_most numeric, within numeric,
      ttl_ms float8, OUT granted numeric, OUT room numeric) LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended(of_what || chr(31) || of_owner, 2));
      SELECT within
          - (SELECT coalesce(sum(${measure}), 0) FROM afterimage.usage WHERE owner = of_owner)
          - (SELECT coalesce(sum(amount), 0) FROM afterimage.usage_reservation
              WHERE owner = of_owner AND what = of_what AND holder <> by AND expires_at > clock_timestamp())
        INTO room;
      IF at_least > room THEN
        RETURN;
      END IF;
      granted := least(at_most, room);
      DELETE FROM afterimage.usage_reservation WHERE owner = of_owner AND what = of_what AND expires_at <= clock_timestamp() AND holder <> by;
      INSERT INTO afterimage.usage_reservation (owner, what, holder, amount, expires_at)
        VALUES (of_owner, of_what, by, granted, clock_timestamp() + ttl_ms * interval '1 ms')
        ON CONFLICT (holder, what) DO UPDATE SET owner = excluded.owner, amount = excluded.amount, expires_at = excluded.expires_at;
    END $$`;

const USAGE = [
  // An owner's usage is the sum of up to 16 rows, by the last digit of the image's id: a row is locked until its append is
  // durable, and one row would let an owner's appends be durable only one by one.
  `CREATE TABLE afterimage.usage (
    owner text COLLATE "C" NOT NULL,
    slot smallint NOT NULL,
    bytes numeric NOT NULL,
    staged numeric NOT NULL,
    images bigint NOT NULL,
    PRIMARY KEY (owner, slot)
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE afterimage.usage_reservation (
    owner text COLLATE "C" NOT NULL,
    what text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL,
    amount numeric NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (holder, what)
  )`,
  `CREATE INDEX usage_reservation_by_owner ON afterimage.usage_reservation (owner, what)`,
  // The lock is held before the statement after it looks, and that is one statement: it sees a booking together with the end
  // of its reservation, or neither. Nobody who holds rows of these tables waits for the lock.
  reserve("CASE of_what WHEN 'bytes' THEN bytes ELSE images END"),
  // What was there before anybody counted.
  `INSERT INTO afterimage.usage (owner, slot, bytes, staged, images)
    SELECT owner, slot, sum(size * places), 0, count(*) FILTER (WHERE deleted_at IS NULL) FROM (
      SELECT owner, ('x' || right(id::text, 1))::bit(4)::int AS slot, coalesce((doc->>'size')::numeric, 0) AS size, doc->>'deletedAt' AS deleted_at,
        jsonb_array_length(doc->'locations') + coalesce(jsonb_array_length(doc->'leftovers'), 0) AS places
      FROM afterimage.image WHERE owner IS NOT NULL) AS images
    GROUP BY owner, slot`,
];

/** What Keystone's limits count beside: images that are not deleted, and uploads that run. */
const LIVE_AND_UPLOADING = [
  'ALTER TABLE afterimage.usage ADD live numeric NOT NULL DEFAULT 0, ADD uploading bigint NOT NULL DEFAULT 0',
  reserve("CASE of_what WHEN 'bytes' THEN bytes WHEN 'uploading' THEN uploading ELSE images END"),
  `INSERT INTO afterimage.usage (owner, slot, bytes, staged, images, live, uploading)
    SELECT owner, ('x' || right(id::text, 1))::bit(4)::int, 0, 0, 0,
      sum(CASE WHEN doc->>'deletedAt' IS NULL THEN
        coalesce((doc->>'size')::numeric, 0) * (jsonb_array_length(doc->'locations') + coalesce(jsonb_array_length(doc->'leftovers'), 0)) ELSE 0 END),
      count(*) FILTER (WHERE doc->>'openUpload' IS NOT NULL)
    FROM afterimage.image WHERE owner IS NOT NULL GROUP BY 1, 2
    ON CONFLICT (owner, slot) DO UPDATE SET live = excluded.live, uploading = excluded.uploading`,
];

export const USAGE_MIGRATIONS: Migrations = {
  '0004-usage': {
    async up(db) {
      for (const statement of USAGE) await sql.raw(statement).execute(db);
    },
  },
  '0005-usage-of-limits': {
    async up(db) {
      for (const statement of LIVE_AND_UPLOADING) await sql.raw(statement).execute(db);
    },
  },
};
