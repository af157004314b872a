import type { Pool } from 'pg';
import type { Image } from '#images';

/** Projects of the filled tables. */
export const FILLED = { few: 'project-few', many: 'project-many', memberOfFew: 'member-few', memberOfMany: 'member-many' };

/** Of n images: a tag and a property of every third, and of every 10,000th. */
export const FILLED_TAGS = { common: 'lts', rare: 'golden' };

const EPOCH = "timestamptz '2024-11-01T00:00:00Z'";
const SECONDS = 63_000_000;

/** A number from 0 to 1 that follows from the row and a name, so that columns are independent of each other. */
const chance = (name: string): string => `(hashtextextended('${name}', n) & 1048575) / 1048576.0`;

/** A project with seven images, one with a fifth of all, and others with ever fewer. */
const OWNER = `CASE WHEN n % 7 = 0 AND n <= 49 THEN '${FILLED.few}' WHEN ${chance('many')} < 0.2 THEN '${FILLED.many}'
  ELSE 'project-' || floor(20000 * power(${chance('owner')}, 3)) END`;
const VISIBILITY = `CASE WHEN ${chance('visibility')} < 0.04 THEN 'public' WHEN ${chance('visibility')} < 0.08 THEN 'community' WHEN ${chance('visibility')} < 0.54 THEN 'private' ELSE 'shared' END`;
const STATUS = `CASE WHEN ${chance('status')} < 0.02 THEN 'deleted' WHEN ${chance('status')} < 0.08 THEN 'queued' WHEN ${chance('status')} < 0.09 THEN 'saving' ELSE 'active' END`;
const member = (name: string, status: string) => `jsonb_build_object('member', ${name}, 'status', ${status}, 'canShare', false, 'createdAt', ${iso('created_at')}, 'updatedAt', ${iso('created_at')})`;
const MEMBERS = `CASE WHEN visibility <> 'shared' THEN '[]'
  ELSE CASE WHEN n % 20 = 0 THEN jsonb_build_array(${member(`'${FILLED.memberOfMany}'`, "CASE WHEN n % 60 = 0 THEN 'pending' ELSE 'accepted' END")}) ELSE '[]' END
    || CASE WHEN few THEN jsonb_build_array(${member(`'${FILLED.memberOfFew}'`, "'accepted'")}) ELSE '[]' END
    || jsonb_build_array(${member("'project-' || n % 9973", "'accepted'")}, ${member("'project-b' || n % 7919", "'rejected'")}) END`;

function iso(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** OFFSET 0: each value is computed once, not wherever it is used. */
const FILL = `
INSERT INTO afterimage.image (id, revision, owner, visibility, listed, hidden, protected, name, status, container_format, disk_format, size, virtual_size,
  min_disk, min_ram, checksum, os_hash_algo, os_hash_value, created_at, updated_at, tags, props, open_work, doc)
SELECT id, 3, owner, visibility, status <> 'deleted', hidden, protected, name, status, 'bare', disk_format, coalesce(size, 0), NULL,
  min_disk, 0, checksum, CASE WHEN size IS NULL THEN NULL ELSE 'sha512' END, CASE WHEN size IS NULL THEN NULL ELSE repeat(checksum, 4) END, created_at, updated_at,
  ARRAY(SELECT jsonb_array_elements_text(tags)), props, '{}',
  $2::jsonb || jsonb_build_object('id', id, 'owner', owner, 'visibility', visibility, 'hidden', hidden, 'protected', protected, 'name', name, 'status', status,
    'containerFormat', 'bare', 'diskFormat', disk_format, 'size', size, 'minDisk', min_disk, 'checksum', checksum, 'osHashValue', repeat(checksum, 4),
    'createdAt', ${iso('created_at')}, 'updatedAt', ${iso('updated_at')}, 'tags', tags, 'properties', props, 'members', ${MEMBERS})
FROM (
  SELECT *, CASE WHEN status = 'active' THEN floor(power(10, 6 + 4 * ${chance('size')}))::bigint END AS size,
    CASE WHEN status = 'active' THEN md5('data' || n) END AS checksum,
    created_at + interval '1 second' * floor(86400 * ${chance('updated')}) AS updated_at
  FROM (
    SELECT n, md5('image' || n)::uuid AS id, n BETWEEN 1000 AND 1200 AND n % 25 = 1 AS few, ${OWNER} AS owner, ${VISIBILITY} AS visibility, ${STATUS} AS status,
      CASE WHEN ${chance('name')} < 0.2 THEN 'debian-13' ELSE 'image-' || floor(1000000 * ${chance('named')}) END AS name,
      (ARRAY['qcow2', 'qcow2', 'raw', 'iso', 'vmdk'])[1 + floor(5 * ${chance('format')})] AS disk_format,
      ${chance('hidden')} < 0.01 AS hidden, ${chance('protected')} < 0.01 AS protected, CASE WHEN ${chance('disk')} < 0.01 THEN 10 ELSE 0 END AS min_disk,
      ${EPOCH} + interval '1 second' * floor(${SECONDS} * ${chance('created')}) AS created_at,
      CASE WHEN n % 3 = 0 THEN '["${FILLED_TAGS.common}"]'::jsonb ELSE '[]' END || CASE WHEN n % 10000 = 0 THEN '["${FILLED_TAGS.rare}"]'::jsonb ELSE '[]' END AS tags,
      jsonb_build_object('os_distro', (ARRAY['debian', 'ubuntu', 'fedora'])[1 + n % 3], 'hw_disk_bus', 'scsi')
        || CASE WHEN n % 10000 = 0 THEN '{"os_edition":"golden"}'::jsonb ELSE '{}' END AS props
    FROM generate_series(1, $1::bigint) AS n
    OFFSET 0
  ) AS drawn
  OFFSET 0
) AS filled`;

const FILL_MEMBERS = `
INSERT INTO afterimage.image_member (image_id, member, member_status, owner, hidden, name, status, container_format, disk_format, size, created_at, updated_at)
SELECT i.id, m->>'member', m->>'status', i.owner, i.hidden, i.name, i.status, i.container_format, i.disk_format, i.size, i.created_at, i.updated_at
FROM afterimage.image AS i, jsonb_array_elements(i.doc->'members') AS m
WHERE i.listed AND i.visibility = 'shared' AND m->>'member' <> i.owner`;

/** Images as the projection writes them, without their events: `like` has what they have in common. */
export async function fillImages(pool: Pool, count: number, like: Image): Promise<void> {
  const { rows: indexes } = await pool.query<{ name: string; definition: string }>(SECONDARY_INDEXES);
  for (const { name } of indexes) await pool.query(`DROP INDEX afterimage.${name}`);
  await pool.query(FILL, [count, JSON.stringify(like)]);
  await pool.query(FILL_MEMBERS);
  for (const { definition } of indexes) await pool.query(definition);
  await pool.query('VACUUM (ANALYZE) afterimage.image');
  await pool.query('VACUUM (ANALYZE) afterimage.image_member');
}

/** Built at the end they cost half the time. */
const SECONDARY_INDEXES = `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
WHERE schemaname = 'afterimage' AND tablename IN ('image', 'image_member') AND indexname NOT LIKE '%_pkey'`;
