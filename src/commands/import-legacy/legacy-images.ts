import { isNumber } from './old-ids.js';
import { grouped, isLive } from './row-values.js';
import type { LegacyDatabase, Row } from './source/legacy-database.js';
import type { LegacySchema } from './legacy-schema.js';

/** An image with all rows that belong to it, deleted ones too. */
export interface LegacyImage {
  readonly row: Row;
  readonly properties: readonly Row[];
  readonly tags: readonly Row[];
  readonly members: readonly Row[];
  readonly locations: readonly Row[];
}

export interface ImagesPage {
  readonly images: readonly LegacyImage[];
  /** Ids that are numbers, that a kernel or ramdisk of one of the images has, and that an image in the database has too. */
  readonly referable: ReadonlySet<string>;
}

const PAGE = 200;

/** Properties whose value is the id of another image. */
export const REFERENCES: readonly string[] = ['kernel_id', 'ramdisk_id'];

/** Before Diablo a property's name was its key. */
export const nameOf = (property: Row): string => property['name'] ?? property['key'] ?? '';

/** Every image of the database, in the order of ids, some at a time. */
export async function* legacyImages(database: LegacyDatabase, schema: LegacySchema): AsyncGenerator<ImagesPage> {
  for (let after: string | undefined; ; ) {
    const rows = await database.page({ table: 'images', key: 'id', after, limit: PAGE });
    const last = rows.at(-1)?.['id'];
    if (typeof last !== 'string') return;
    after = last;
    const ids = rows.map(({ id }) => id ?? '');
    const of = async (there: boolean, table: string) => grouped(there ? await database.rowsOf(table, 'image_id', ids, 'id') : [], 'image_id');
    const [properties, tags] = [await of(schema.properties, 'image_properties'), await of(schema.tags, 'image_tags')];
    const [members, locations] = [await of(schema.members, 'image_members'), await of(schema.locations, 'image_locations')];
    const images = rows.map((row): LegacyImage => {
      const id = row['id'] ?? '';
      return { row, properties: properties.get(id) ?? [], tags: tags.get(id) ?? [], members: members.get(id) ?? [], locations: locations.get(id) ?? oneLocation(row) };
    });
    yield { images, referable: await referable(database, images) };
  }
}

const oneLocation = (row: Row): Row[] => (row['location'] ? [{ id: '0', value: row['location'], meta_data: null, deleted: row['deleted'] ?? null }] : []);

async function referable(database: LegacyDatabase, images: readonly LegacyImage[]): Promise<ReadonlySet<string>> {
  const named = images.flatMap(({ properties }) => properties.filter((row) => isLive(row) && REFERENCES.includes(nameOf(row))).map(({ value }) => value ?? ''));
  const numbers = [...new Set(named.filter(isNumber))];
  const found: string[] = [];
  for (let from = 0; from < numbers.length; from += PAGE) found.push(...(await database.rowsOf('images', 'id', numbers.slice(from, from + PAGE), 'id')).map(({ id }) => id ?? ''));
  return new Set(found);
}
