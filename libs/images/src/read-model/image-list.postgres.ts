import type { Pool } from 'pg';
import type { Image, OpenWork } from '../image/image.js';
import { branchesOf } from './branches.js';
import { MarkerNotFound } from './image-list.errors.js';
import { UNLISTED, type DueForScrub, type ImageFilters, type ImageList, type ImageQuery } from './image-list.js';
import { fewMatchedPage, matchedPage, orderedPage, windowPage, type ListRequest } from './list-sql.js';
import { anyStatePage } from './unlisted-sql.js';
import { isUuid, type Statement } from './sql-values.js';
import { maySee } from './viewer.js';

/** Rows of each branch, in order, among which tags and properties are looked for before their own indexes are asked. */
const WINDOW = 200;
/** Windows: farther is looked only where the index found many. */
const FAR = 100;
/** Windows: farther it is cheaper to sort everything that matches. */
const FARTHEST = 1_000;
/** A longer window is at most so many times as long. */
const STEP = 10;
/** Windows: so many matches are fetched by the index and sorted at once. */
const FEW = 10;
/** Every connection keeps a plan for each: clients use few orders and limits, and must not fill the memory. */
const NAMED = 32;

const FIND = { name: 'image-find', text: 'SELECT doc FROM afterimage.image WHERE id = $1' };
const OPEN_WORK = `SELECT id FROM afterimage.image WHERE open_work <> '{}' AND open_work @> ARRAY[$1::text] AND id > $2::uuid ORDER BY id LIMIT $3`;
const DUE_FOR_SCRUB = `SELECT id, (doc->>'scrubAfter') COLLATE "C" AS "scrubAfter" FROM afterimage.image
WHERE status = 'pending_delete' AND (doc->>'scrubAfter') COLLATE "C" <= $1 AND ((doc->>'scrubAfter') COLLATE "C", id) > ($2, $3::uuid)
ORDER BY (doc->>'scrubAfter') COLLATE "C", id LIMIT $4`;
const FIND_ALL = 'SELECT doc FROM afterimage.image WHERE id = ANY ($1::uuid[])';
const WALK = `SELECT doc FROM afterimage.image WHERE status <> 'deleted' AND id > $1::uuid ORDER BY id LIMIT $2`;
/** Each status apart: then the index has the order. */
const SHARED_WITH = `SELECT i.doc FROM afterimage.image_member AS m JOIN afterimage.image AS i ON i.id = m.image_id
WHERE m.member = $1 AND m.member_status IN ('pending', 'accepted', 'rejected') AND m.image_id > $2::uuid AND ($3::text IS NULL OR m.owner = $3)
ORDER BY m.image_id LIMIT $4`;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

type Windowed = { doc: Image; matches: boolean | null; last: boolean };

/** Reads the table that `postgresImageProjection` writes. */
export class PostgresImageList implements ImageList {
  private readonly named = new Set<string>();

  constructor(private readonly pool: Pool, private readonly window = WINDOW) {}

  async find(id: string): Promise<Image | undefined> {
    if (!isUuid(id)) return undefined;
    const { rows } = await this.pool.query<{ doc: Image }>({ ...FIND, values: [id] });
    return rows[0]?.doc;
  }

  findAll(ids: readonly string[]): Promise<readonly Image[]> {
    return this.docs({ text: FIND_ALL, values: [ids.filter(isUuid)] });
  }

  walk(after: string | undefined, limit: number): Promise<readonly Image[]> {
    return this.docs({ text: WALK, values: [after ?? FIRST_ID, limit] });
  }

  async list(query: ImageQuery): Promise<readonly Image[]> {
    const marker = query.marker === undefined ? undefined : await this.marker(query.marker, query);
    const request: ListRequest = { ...query, branches: branchesOf(query), marker };
    if (request.limit === 0 || request.branches.length === 0) return [];
    if (query.state !== undefined && query.state !== 'listed') return this.docs(anyStatePage(request, query.state));
    if (!searches(query.filters)) return this.docs({ ...orderedPage(request), name: this.nameOf(query) });
    return this.search(request);
  }

  sharedWith(member: string, owner: string | undefined, after: string | undefined, limit: number): Promise<readonly Image[]> {
    return this.docs({ text: SHARED_WITH, values: [member, after ?? FIRST_ID, owner ?? null, limit] });
  }

  async openWork(kind: OpenWork, after: string | undefined, limit: number): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ id: string }>(OPEN_WORK, [kind, after ?? FIRST_ID, limit]);
    return rows.map(({ id }) => id);
  }

  async dueForScrub(until: string, after: DueForScrub | undefined, limit: number): Promise<readonly DueForScrub[]> {
    return this.read<DueForScrub>({ text: DUE_FOR_SCRUB, values: [until, after?.scrubAfter ?? '', after?.id ?? FIRST_ID, limit] });
  }

  /**
   * What many have is among the newest; what few have is found by its index at once. What many have, but few or none of
   * the newest, is looked for farther, step by step, and at last sorted whole.
   */
  private async search(request: ListRequest): Promise<readonly Image[]> {
    let asked = false;
    for (let window = this.window; ;) {
      const { page, sure } = await this.newest(request, window);
      if (page) return page;
      const promised = (1.5 * window * request.limit) / sure;
      if (promised > this.window * FAR && !asked) {
        const few = await this.few(request);
        if (few) return few;
        asked = true;
      }
      window = Math.ceil(Math.min(promised, STEP * window));
      if (window > this.window * FARTHEST) return this.docs(matchedPage(request));
    }
  }

  /** No page where a window ends before it is full; `sure` is how many of it are known then. */
  private async newest(request: ListRequest, window: number): Promise<{ readonly page?: readonly Image[]; readonly sure: number }> {
    const rows = await this.read<Windowed>(windowPage(request, window));
    const end = rows.findIndex(({ last }) => last);
    const whole = end === -1 || (end === request.limit - 1 && rows[end]?.matches === true);
    return { ...(whole ? { page: rows.map(({ doc }) => doc) } : {}), sure: end };
  }

  /** undefined where not few match. */
  private async few(request: ListRequest): Promise<readonly Image[] | undefined> {
    const rows = await this.read<{ doc: Image | null; cut: boolean }>(fewMatchedPage(request, this.window * FEW));
    return rows[0]?.cut ? undefined : rows.flatMap(({ doc }) => doc ?? []);
  }

  private async docs(statement: Statement): Promise<readonly Image[]> {
    return (await this.read<{ doc: Image }>(statement)).map(({ doc }) => doc);
  }

  private async read<Row extends object>({ name, text, values }: Statement): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>({ name, text, values: [...values] });
    return rows;
  }

  private async marker(id: string, { viewer, state = 'listed' }: ImageQuery): Promise<Image> {
    const image = await this.find(id);
    if (!image || (state === 'listed' && UNLISTED.includes(image.status)) || !maySee(viewer, image)) throw new MarkerNotFound(id);
    return image;
  }

  /** Whatever the values, the best plan reads each branch from the index that has its order: it is made once. */
  private nameOf(query: ImageQuery): string | undefined {
    const { viewer, sort, limit, marker } = query;
    const [first] = sort;
    if (!first || !isBare(query)) return undefined;
    const parts = [viewer.admin ? 'admin' : 'regular', viewer.project === null ? 'alone' : 'project', marker === undefined ? 'first' : 'next', first.key, first.direction, limit];
    const name = `image-list-${parts.join('-')}`;
    if (this.named.size < NAMED) this.named.add(name);
    return this.named.has(name) ? name : undefined;
  }
}

const searches = ({ tags = [], properties = {} }: ImageFilters): boolean => tags.length > 0 || Object.keys(properties).length > 0;

/** Everything that the viewer sees by default, sorted by one key in one direction, for which every branch has an index: all but id. */
const isBare = ({ visibility, memberStatus = 'accepted', hidden, filters, sort }: ImageQuery): boolean =>
  visibility === undefined && memberStatus === 'accepted' && !hidden && sort[0]?.key !== 'id'
  && Object.values(filters).every((filter) => filter === undefined)
  && sort.every(({ direction }) => direction === sort[0]?.direction)
  && [sort[0]?.key, 'created_at', 'id'].filter((key, i, keys) => keys.indexOf(key) === i).every((key, i) => sort[i]?.key === key);
