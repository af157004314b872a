import { sql } from 'kysely';
import { SECOND_LANDING, type Migrations } from '#event-store';

const SORTED_BY = ['name', 'size', 'status', 'updated_at', 'disk_format', 'container_format'];

const IMAGE = [
  `CREATE TABLE afterimage.image (
    id uuid PRIMARY KEY,
    revision int NOT NULL,
    owner text COLLATE "C",
    visibility text COLLATE "C" NOT NULL,
    listed boolean NOT NULL,
    hidden boolean NOT NULL,
    protected boolean NOT NULL,
    name text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    container_format text COLLATE "C" NOT NULL,
    disk_format text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    virtual_size bigint,
    min_disk int NOT NULL,
    min_ram int NOT NULL,
    checksum text COLLATE "C",
    os_hash_algo text COLLATE "C",
    os_hash_value text COLLATE "C",
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    tags text[] NOT NULL,
    props jsonb NOT NULL,
    open_work text[] NOT NULL,
    doc jsonb NOT NULL
  )`,
  // Owners are as uneven as clouds are: most own a few images, some a fifth of all.
  `ALTER TABLE afterimage.image ALTER owner SET STATISTICS 1000`,
  `CREATE INDEX image_by_created_at ON afterimage.image (visibility, created_at, id) WHERE listed`,
  ...SORTED_BY.map((key) => `CREATE INDEX image_by_${key} ON afterimage.image (visibility, ${key}, created_at, id) WHERE listed`),
  `CREATE INDEX image_by_owner ON afterimage.image (owner, visibility, created_at, id) WHERE listed`,
  // What few images have, and ordinary ones cost nothing: these indexes leave them out.
  `CREATE INDEX image_hidden ON afterimage.image (visibility, created_at, id) WHERE listed AND hidden`,
  `CREATE INDEX image_protected ON afterimage.image (visibility, created_at, id) WHERE listed AND protected`,
  `CREATE INDEX image_min_disk ON afterimage.image (min_disk) WHERE listed AND min_disk > 0`,
  `CREATE INDEX image_min_ram ON afterimage.image (min_ram) WHERE listed AND min_ram > 0`,
  `CREATE INDEX image_virtual_size ON afterimage.image (virtual_size) WHERE listed AND virtual_size IS NOT NULL`,
  `CREATE INDEX image_os_hash_algo ON afterimage.image (os_hash_algo) WHERE listed AND os_hash_algo <> 'sha512'`,
  `CREATE INDEX image_tags ON afterimage.image USING gin (tags)`,
  `CREATE INDEX image_props ON afterimage.image USING gin (props jsonb_path_ops)`,
  `CREATE INDEX image_checksum ON afterimage.image (checksum) WHERE checksum IS NOT NULL`,
  `CREATE INDEX image_os_hash_value ON afterimage.image (os_hash_value) WHERE os_hash_value IS NOT NULL`,
  `CREATE INDEX image_open_work ON afterimage.image (id) WHERE open_work <> '{}'`,
  `CREATE INDEX image_updated ON afterimage.image (updated_at)`,
];

const MEMBER_SORTED_BY = ['created_at', ...SORTED_BY];
const unlessSortedBy = (key: string) => (key === 'created_at' ? '' : ', created_at');

/** One row for each image that somebody else may find among those shared with it, with what such a list is sorted by. */
const IMAGE_MEMBER = [
  `CREATE TABLE afterimage.image_member (
    image_id uuid NOT NULL,
    member text COLLATE "C" NOT NULL,
    member_status text COLLATE "C" NOT NULL,
    owner text COLLATE "C",
    hidden boolean NOT NULL,
    name text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    container_format text COLLATE "C" NOT NULL,
    disk_format text COLLATE "C" NOT NULL,
    size bigint NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    PRIMARY KEY (image_id, member)
  )`,
  `ALTER TABLE afterimage.image_member ALTER member SET STATISTICS 1000`,
  `CREATE INDEX image_member_by_owner ON afterimage.image_member (member, member_status, owner, created_at, image_id)`,
  `CREATE INDEX image_member_by_id ON afterimage.image_member (member, member_status, image_id)`,
  ...MEMBER_SORTED_BY.map((key) =>
    `CREATE INDEX image_member_by_${key} ON afterimage.image_member (member, member_status, ${key}${unlessSortedBy(key)}, image_id)`),
];

/** An owner's images may stand together at the far end of any order: their names begin with its own, or all are old. */
const OWNER_SORTS = SORTED_BY.map((key) => `CREATE INDEX image_by_owner_${key} ON afterimage.image (owner, visibility, ${key}, created_at, id) WHERE listed`);

/** What images had no word for before they could be imported. */
const IMPORTS = `UPDATE afterimage.image SET doc = doc || '{"staged": null, "imports": [], "openImport": null}' WHERE NOT doc ? 'imports'`;

/** The text sorts as the time does. */
const SCRUB = `CREATE INDEX image_scrub ON afterimage.image (((doc->>'scrubAfter') COLLATE "C"), id) WHERE status = 'pending_delete'`;

/** Deleted images, as an admin looks for them in version 1. */
const UNLISTED_IMAGES = `CREATE INDEX image_unlisted ON afterimage.image (created_at, id) WHERE NOT listed`;

/** What creators said of data to come was in no document before version 1 asked for it. */
const DECLARED = `UPDATE afterimage.image SET doc = doc || '{"declared": {}}' WHERE NOT doc ? 'declared'`;

export const IMAGE_MIGRATIONS: Migrations = {
  '0002-images': {
    async up(db) {
      for (const statement of IMAGE) await sql.raw(statement).execute(db);
    },
  },
  '0003-image-members': {
    async up(db) {
      for (const statement of IMAGE_MEMBER) await sql.raw(statement).execute(db);
    },
  },
  '0004-owner-sorts': {
    async up(db) {
      for (const statement of OWNER_SORTS) await sql.raw(statement).execute(db);
    },
  },
  '0009-scrub': {
    async up(db) {
      await sql.raw(SCRUB).execute(db);
    },
  },
  // Nothing but the end of the programs that do not know the events of after.
  [SECOND_LANDING]: {
    async up() {
      await Promise.resolve();
    },
  },
  '0008-imports': {
    async up(db) {
      await sql.raw(IMPORTS).execute(db);
    },
  },
  '0015-unlisted-images': {
    async up(db) {
      await sql.raw(UNLISTED_IMAGES).execute(db);
    },
  },
  '0016-declared.migrate': {
    async up(db) {
      await sql.raw(DECLARED).execute(db);
    },
  },
};
