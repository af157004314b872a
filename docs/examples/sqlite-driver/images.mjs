export const IMAGE_TABLES = `
CREATE TABLE IF NOT EXISTS image (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, owner TEXT, visibility TEXT NOT NULL, status TEXT NOT NULL, scrub_after TEXT, doc TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS image_by_owner ON image (owner, status);
CREATE INDEX IF NOT EXISTS image_by_visibility ON image (visibility, status);
CREATE TABLE IF NOT EXISTS image_work (image_id TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (kind, image_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS image_member (image_id TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (member, image_id)) WITHOUT ROWID;
`;

const UPSERT = `INSERT INTO image (id, revision, owner, visibility, status, scrub_after, doc) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
  ON CONFLICT (id) DO UPDATE SET revision = ?2, owner = ?3, visibility = ?4, status = ?5, scrub_after = ?6, doc = ?7 WHERE revision < ?2`;
/** The image's own row is written last: until then it tells whether this revision, or a later one, has been here. */
const NEWER = 'NOT EXISTS (SELECT 1 FROM image WHERE id = ?1 AND revision >= ?2)';

export const imageProjection = ({ IMAGE_STREAMS, imageIdOf, isPurged, openWorkOf, rowAfter }) => ({
  name: 'image-list',
  streamPrefix: IMAGE_STREAMS,
  write(change) {
    const row = rowAfter(change);
    if (!row) return isPurged(change) ? [{ sql: 'DELETE FROM image WHERE id = ?1 AND revision < ?2', values: [imageIdOf(change.stream), change.revision] }] : [];
    const { id, revision, owner, visibility, status, doc } = row;
    const of = (table, column, values) => [
      { sql: `DELETE FROM ${table} WHERE image_id = ?1 AND ${NEWER}`, values: [id, revision] },
      ...values.map((value) => ({ sql: `INSERT OR IGNORE INTO ${table} (image_id, ${column}) SELECT ?1, ?3 WHERE ${NEWER}`, values: [id, revision, value] })),
    ];
    return [
      ...of('image_work', 'kind', openWorkOf(doc)),
      ...of('image_member', 'member', doc.members.map(({ member }) => member)),
      { sql: UPSERT, values: [id, revision, owner, visibility, status, doc.scrubAfter, JSON.stringify(doc)] },
    ];
  },
});

/** SQL finds who can come into question, `matchesImage` and `compareImages` decide: they are what every driver is held to. */
export function imageList(db, { compareImages, matchesImage, maySeeImage, membershipOf, MarkerNotFound, UNLISTED }) {
  const docs = (sql, ...values) => db.prepare(sql).all(...values).map(({ doc }) => JSON.parse(doc));
  const lower = (id) => id?.toLowerCase() ?? '';
  const one = (id) => docs('SELECT doc FROM image WHERE id = ?', lower(id))[0];
  const gone = UNLISTED.map((status) => `'${status}'`).join();
  const inState = { listed: `status NOT IN (${gone})`, deleted: `status IN (${gone})`, any: 'TRUE' };

  function marked(id, { viewer, state = 'listed' }) {
    const image = one(id);
    if (!image || (state === 'listed' && UNLISTED.includes(image.status)) || !maySeeImage(viewer, image)) throw new MarkerNotFound(id);
    return image;
  }

  function candidates({ viewer, visibility, state = 'listed' }) {
    if (viewer.admin) return docs(`SELECT doc FROM image WHERE ${inState[state]}`);
    const seen = visibility === 'public' ? "visibility = 'public'" : "(visibility IN ('public', 'community') OR owner = ?1 OR id IN (SELECT image_id FROM image_member WHERE member = ?1))";
    return docs(`SELECT doc FROM image WHERE ${inState[state]} AND ${seen}`, ...(visibility === 'public' ? [] : [viewer.project]));
  }

  return {
    find: async (id) => one(id),
    findAll: async (ids) => [...new Set(ids.map(lower))].flatMap((id) => one(id) ?? []),
    walk: async (after, limit) => docs("SELECT doc FROM image WHERE id > ? AND status <> 'deleted' ORDER BY id LIMIT ?", lower(after), limit),
    async list(query) {
      const order = compareImages(query.sort);
      const marker = query.marker === undefined ? undefined : marked(query.marker, query);
      return candidates(query).filter((image) => matchesImage(image, query) && (!marker || order(image, marker) > 0)).sort(order).slice(0, query.limit);
    },
    sharedWith: async (member, owner, after, limit) =>
      docs(`SELECT doc FROM image WHERE id IN (SELECT image_id FROM image_member WHERE member = ?1) AND id > ?2 AND ${inState.listed} ORDER BY id`, member, lower(after))
        .filter((image) => image.owner !== member && (owner === undefined || image.owner === owner) && membershipOf({ admin: false, project: member }, image) !== undefined)
        .slice(0, limit),
    openWork: async (kind, after, limit) =>
      db.prepare('SELECT image_id FROM image_work WHERE kind = ? AND image_id > ? ORDER BY image_id LIMIT ?').all(kind, lower(after), limit).map(({ image_id: id }) => id),
    dueForScrub: async (until, after, limit) =>
      db.prepare(`SELECT id, scrub_after AS scrubAfter FROM image WHERE status = 'pending_delete' AND scrub_after <= ?1 AND (scrub_after, id) > (?2, ?3) ORDER BY scrub_after, id LIMIT ?4`)
        .all(until, after?.scrubAfter ?? '', after?.id ?? '', limit).map((row) => ({ ...row })),
  };
}
