import type { InlineProjection, SqlWrite, StateChange } from '#event-store';
import { imageIdOf } from '../image/image.js';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS, imageMemberRows, isPurged, rowAfter, rowBefore, type ImageMemberRow, type ImageRow } from './image-list.projection.js';

const COLUMNS = [
  'id', 'revision', 'owner', 'visibility', 'listed', 'hidden', 'protected', 'name', 'status', 'container_format', 'disk_format', 'size',
  'virtual_size', 'min_disk', 'min_ram', 'checksum', 'os_hash_algo', 'os_hash_value', 'created_at', 'updated_at', 'tags', 'props',
  'open_work', 'doc',
] as const satisfies readonly (keyof ImageRow)[];
const JSON_COLUMNS: readonly string[] = ['props', 'doc'];

const TYPES = {
  id: 'uuid', revision: 'int', owner: 'text', visibility: 'text', listed: 'boolean', hidden: 'boolean', protected: 'boolean', name: 'text', status: 'text', container_format: 'text',
  disk_format: 'text', size: 'bigint', virtual_size: 'bigint', min_disk: 'int', min_ram: 'int', checksum: 'text', os_hash_algo: 'text', os_hash_value: 'text',
  created_at: 'timestamptz', updated_at: 'timestamptz', tags: 'text[]', props: 'jsonb', open_work: 'text[]', doc: 'jsonb',
} as const satisfies Record<(typeof COLUMNS)[number], string>;

const ON_CONFLICT = `ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
WHERE image.revision < excluded.revision`;
const UPSERT = `INSERT INTO afterimage.image (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((_, i) => `$${i + 1}`).join(', ')})
${ON_CONFLICT}`;
const UPSERT_MANY = `INSERT INTO afterimage.image (${COLUMNS.join(', ')}) SELECT ${COLUMNS.join(', ')}
FROM json_to_recordset($1::json) AS one(${COLUMNS.map((column) => `${column} ${TYPES[column]}`).join(', ')})
${ON_CONFLICT}`;

/** Of the image; the same in all its rows. */
const SHOWN = {
  owner: 'text', hidden: 'boolean', name: 'text', status: 'text', container_format: 'text', disk_format: 'text', size: 'bigint',
  created_at: 'timestamptz', updated_at: 'timestamptz',
} as const satisfies Partial<Record<keyof ImageMemberRow, string>>;
const SHOWN_COLUMNS = Object.keys(SHOWN) as (keyof typeof SHOWN)[];
const MEMBER_COLUMNS = ['member_status', ...SHOWN_COLUMNS] as const;

/** The image's own row is written last: until then it tells whether a later revision has been here. */
const NOT_LATER = 'NOT EXISTS (SELECT FROM afterimage.image WHERE id = $1::uuid AND revision >= $2::int)';

const REMOVE_MEMBERS = `DELETE FROM afterimage.image_member WHERE image_id = $1::uuid AND member <> ALL ($3::text[]) AND ${NOT_LATER}`;

const UPSERT_MEMBERS = `INSERT INTO afterimage.image_member (image_id, member, ${MEMBER_COLUMNS.join(', ')})
SELECT $1::uuid, one.member, one.member_status, ${Object.values(SHOWN).map((type, i) => `$${i + 5}::${type}`).join(', ')}
FROM unnest($3::text[], $4::text[]) AS one(member, member_status) WHERE ${NOT_LATER}
ON CONFLICT (image_id, member) DO UPDATE SET ${MEMBER_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
WHERE (${MEMBER_COLUMNS.map((column) => `image_member.${column}`).join(', ')})
  IS DISTINCT FROM (${MEMBER_COLUMNS.map((column) => `excluded.${column}`).join(', ')})`;

export const postgresImageProjection: InlineProjection<ImageState, SqlWrite> = {
  name: 'image-list',
  streamPrefix: IMAGE_STREAMS,
  write(change) {
    const row = rowAfter(change);
    if (!row) return isPurged(change) ? removal(change) : [];
    return [...memberWrites(row, rowBefore(change), change.events[0]?.revision === 0), upsert(row)];
  },
};

const upsert = (row: ImageRow): SqlWrite => ({
  text: UPSERT,
  get values() {
    return COLUMNS.map((column) => (JSON_COLUMNS.includes(column) ? JSON.stringify(row[column]) : row[column]));
  },
  key: row.id,
  many: { text: UPSERT_MANY, row },
});

/** A deleted image has no members here any more. */
const removal = ({ stream, revision }: StateChange<ImageState>): SqlWrite[] =>
  [{ text: 'DELETE FROM afterimage.image WHERE id = $1::uuid AND revision < $2::int', values: [imageIdOf(stream), revision], key: imageIdOf(stream) }];

/** None where nothing of them changed since the revision before: most images have no members. */
function memberWrites(row: ImageRow, before: ImageRow | undefined, whole: boolean): SqlWrite[] {
  const rows = imageMemberRows(row);
  const was = before ? imageMemberRows(before) : [];
  const follows = before !== undefined || whole || row.revision === 0;
  if (follows && JSON.stringify(rows) === JSON.stringify(was)) return [];
  const members = rows.map(({ member }) => member);
  return [
    { text: REMOVE_MEMBERS, values: [row.id, row.revision, members], key: row.id },
    { text: UPSERT_MEMBERS, values: [row.id, row.revision, members, rows.map(({ member_status }) => member_status), ...SHOWN_COLUMNS.map((column) => row[column])], key: row.id },
  ];
}
