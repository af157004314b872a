import { LegacySchemaUnknown } from './import-legacy.errors.js';
import type { LegacyDatabase } from './source/legacy-database.js';

/** What this installation's database has; it changed with the releases of Glance. */
export interface LegacySchema {
  /** Since Havana; before it the image has one place, in a column. */
  readonly locations: boolean;
  readonly properties: boolean;
  readonly tags: boolean;
  readonly members: boolean;
  /** Since Juno. */
  readonly metadefs: boolean;
  /** How many rows there are of what is not taken over. */
  readonly tasks: number;
  readonly images: number;
  readonly namespaces: number;
}

/** Rejects with `LegacySchemaUnknown` where it is none of Glance's. */
export async function schemaOf(database: LegacyDatabase): Promise<LegacySchema> {
  const has = async (table: string) => (await database.columns(table)) !== undefined;
  const images = await database.columns('images');
  if (!images) throw new LegacySchemaUnknown(database.place, 'it has no table "images"');
  const missing = ['id', 'name', 'status', 'created_at'].filter((column) => !images.has(column));
  if (missing.length > 0) throw new LegacySchemaUnknown(database.place, `its table "images" has no column ${missing.map((name) => `"${name}"`).join(', ')}`);
  const locations = await has('image_locations');
  if (!locations && !images.has('location')) throw new LegacySchemaUnknown(database.place, 'it says nowhere where the data of images lies');
  const metadefs = await has('metadef_namespaces');
  return {
    locations, metadefs,
    properties: await has('image_properties'),
    tags: await has('image_tags'),
    members: await has('image_members'),
    tasks: (await has('tasks')) ? await database.count('tasks') : 0,
    images: await database.count('images'),
    namespaces: metadefs ? await database.count('metadef_namespaces') : 0,
  };
}
