import type { Pool } from 'pg';
import type { InlineProjection, SqlWrite } from '#event-store';
import type { Image } from '../image/image.js';
import type { ImageState } from '../image/image.state.js';
import { branchesOf } from './branches.js';
import { MarkerNotFound } from './image-list.errors.js';
import { UNLISTED, type ImageFilters, type ImageList, type ImageQuery } from './image-list.js';
import { IMAGE_STREAMS, rowAfter, type ImageRow } from './image-list.projection.js';
import { matchedPage, orderedPage, windowPage, type ListRequest } from './list-sql.js';
import { isUuid, type Statement } from './sql-values.js';
import { maySee } from './viewer.js';

/** Rows of each branch, in order, among which tags and properties are looked for before their own indexes are asked. */
const WINDOW = 2_000;
/** Every connection keeps a plan for each limit of the bare list: clients use few, and must not fill the memory. */
const NAMED_LIMITS = 16;

const FIND = { name: 'image-find', text: 'SELECT doc FROM afterimage.image WHERE id = $1' };
const OPEN_WORK = `SELECT id FROM afterimage.image WHERE open_work <> '{}' AND open_work @> ARRAY[$1::text] AND id > $2::uuid ORDER BY id LIMIT $3`;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

type Windowed = { doc: Image; matches: boolean | null; last: boolean };

/** Reads the table that `postgresImageProjection` writes. */
export class PostgresImageList implements ImageList {
  private readonly namedLimits = new Set<number>();

  constructor(private readonly pool: Pool, private readonly window = WINDOW) {}

  async find(id: string): Promise<Image | undefined> {
    if (!isUuid(id)) return undefined;
    const { rows } = await this.pool.query<{ doc: Image }>({ ...FIND, values: [id] });
    return rows[0]?.doc;
  }

  async list(query: ImageQuery): Promise<readonly Image[]> {
    const marker = query.marker === undefined ? undefined : await this.marker(query.marker, query);
    const request: ListRequest = { ...query, branches: branchesOf(query), marker };
    if (request.limit === 0 || request.branches.length === 0) return [];
    if (!searches(query.filters)) return this.docs({ ...orderedPage(request), name: this.nameOf(query) });
    return (await this.newest(request)) ?? this.docs(matchedPage(request));
  }

  async openWork(kind: 'purge' | 'upload', after: string | undefined, limit: number): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ id: string }>(OPEN_WORK, [kind, after ?? FIRST_ID, limit]);
    return rows.map(({ id }) => id);
  }

  /** undefined where the windows end before the page is full. */
  private async newest(request: ListRequest): Promise<readonly Image[] | undefined> {
    const rows = await this.read<Windowed>(windowPage(request, this.window));
    const end = rows.findIndex(({ last }) => last);
    const whole = end === -1 || (end === request.limit - 1 && rows[end]?.matches === true);
    return whole ? rows.map(({ doc }) => doc) : undefined;
  }

  private async docs(statement: Statement): Promise<readonly Image[]> {
    return (await this.read<{ doc: Image }>(statement)).map(({ doc }) => doc);
  }

  private async read<Row extends object>({ name, text, values }: Statement): Promise<Row[]> {
    const { rows } = await this.pool.query<Row>({ name, text, values: [...values] });
    return rows;
  }

  private async marker(id: string, { viewer }: ImageQuery): Promise<Image> {
    const image = await this.find(id);
    if (!image || UNLISTED.includes(image.status) || !maySee(viewer, image)) throw new MarkerNotFound(id);
    return image;
  }

  private nameOf(query: ImageQuery): string | undefined {
    const { viewer, limit } = query;
    if (!isBare(query)) return undefined;
    if (this.namedLimits.size < NAMED_LIMITS) this.namedLimits.add(limit);
    if (!this.namedLimits.has(limit)) return undefined;
    return `image-list-${viewer.admin ? 'admin' : 'regular'}-${viewer.project === null ? 'alone' : 'project'}-${limit}`;
  }
}

const searches = ({ tags = [], properties = {} }: ImageFilters): boolean => tags.length > 0 || Object.keys(properties).length > 0;

const DEFAULT_SORT = 'created_at desc, id desc';

const isBare = ({ visibility, hidden, filters, sort, marker }: ImageQuery): boolean =>
  visibility === undefined && !hidden && marker === undefined
  && Object.values(filters).every((filter) => filter === undefined)
  && sort.map(({ key, direction }) => `${key} ${direction}`).join(', ') === DEFAULT_SORT;

const COLUMNS = [
  'id', 'revision', 'owner', 'visibility', 'listed', 'hidden', 'protected', 'name', 'status', 'container_format', 'disk_format', 'size',
  'virtual_size', 'min_disk', 'min_ram', 'checksum', 'os_hash_algo', 'os_hash_value', 'created_at', 'updated_at', 'tags', 'props',
  'open_work', 'doc',
] as const satisfies readonly (keyof ImageRow)[];
const JSON_COLUMNS: readonly string[] = ['props', 'doc'];

const UPSERT = `INSERT INTO afterimage.image (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((_, i) => `$${i + 1}`).join(', ')})
ON CONFLICT (id) DO UPDATE SET ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
WHERE image.revision < excluded.revision`;

export const postgresImageProjection: InlineProjection<ImageState, SqlWrite> = {
  name: 'image-list',
  streamPrefix: IMAGE_STREAMS,
  write(change) {
    const row = rowAfter(change);
    if (!row) return [];
    return [{ text: UPSERT, values: COLUMNS.map((column) => (JSON_COLUMNS.includes(column) ? JSON.stringify(row[column]) : row[column])) }];
  },
};
