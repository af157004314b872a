import { LegacyDatabaseUnreachable } from '../import-legacy.errors.js';
import type { LegacyDatabase } from './legacy-database.js';
import { parseLegacyUrl, placeOf, type FilePlace, type ServerPlace } from './legacy-url.js';

/** Rejects with `LegacyUrlInvalid` or `LegacyDatabaseUnreachable`, and so does every read later. */
export async function openSource(url: string): Promise<LegacyDatabase> {
  const place = parseLegacyUrl(url);
  const told = <T>(answer: Promise<T>): Promise<T> => answer.catch((error: unknown) => Promise.reject(new LegacyDatabaseUnreachable(placeOf(place), messageOf(error))));
  const source = await told(openPlace(place));
  return {
    place: source.place,
    columns: (table) => told(source.columns(table)),
    page: (page) => told(source.page(page)),
    rowsOf: (...asked) => told(source.rowsOf(...asked)),
    count: (table) => told(source.count(table)),
    close: () => source.close(),
  };
}

async function openPlace(place: ServerPlace | FilePlace): Promise<LegacyDatabase> {
  if (place.engine === 'sqlite') return (await import('./sqlite.source.js')).openSqlite(place);
  return place.engine === 'mysql' ? (await import('./mysql.source.js')).openMysql(place) : (await import('./postgres.source.js')).openPostgres(place);
}

/** Of several addresses that were tried, what each said. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
