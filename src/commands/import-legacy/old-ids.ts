import { v5 as uuidv5 } from 'uuid';
import type { LegacyDatabase, Row } from './source/legacy-database.js';

/** From it and what the first image of a database is comes the namespace of that database's ids. */
const IDS = '6f1c1a6e-9f0e-5b0b-8f6c-0a8c2f5f5d11';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BARE = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i;

/** Ids as they will be. Those that were numbers, or any other text, get the same UUID at every run, whatever address the database is reached by. */
export class OldIds {
  private constructor(private readonly namespace: string) {}

  /** Rows of images were never removed while ids were numbers: the first is always the first. */
  static async of(database: LegacyDatabase): Promise<OldIds> {
    const [first] = await database.page({ table: 'images', key: 'id', limit: 1 });
    return OldIds.from(first);
  }

  static from(first: Row | undefined): OldIds {
    return new OldIds(uuidv5(JSON.stringify([first?.['id'], first?.['created_at'], first?.['name']]), IDS));
  }

  newId(old: string): string {
    if (UUID.test(old)) return old;
    const parts = BARE.exec(old);
    return parts ? parts.slice(1).join('-') : uuidv5(old, this.namespace);
  }
}

/** Ids of what belongs to an image: the same at every run. */
export const partId = (imageId: string, part: string): string => uuidv5(`${imageId.toLowerCase()}/${part}`, IDS);

export const isNumber = (id: string): boolean => /^\d{1,18}$/.test(id);
