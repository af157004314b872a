import type { Row } from './source/legacy-database.js';

export const isTrue = (value: string | null | undefined): boolean => ['1', 't', 'true', 'y'].includes(value?.toLowerCase() ?? '');

/** Whole numbers only; null for anything else. */
export function wholeNumber(value: string | null | undefined): number | null {
  return value !== null && value !== undefined && /^-?\d{1,19}(?:\.0+)?$/.test(value) ? Number(value) : null;
}

const TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?/;

/** Times in the database are UTC without saying so. ISO 8601 with ms; null where there is none. */
export function timeOf(value: string | null | undefined): string | null {
  const [, date, time, fraction = ''] = TIME.exec(value ?? '') ?? [];
  if (date === undefined) return null;
  const iso = `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  return Number.isNaN(Date.parse(iso)) ? null : iso;
}

/** null where it is no JSON object. */
export function objectOf(value: string | null | undefined): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(value || '{}');
    if (parsed === null) return {};
    return typeof parsed === 'object' && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export const isLive = (row: Row): boolean => !isTrue(row['deleted']);

/** Rows by the value of a column. */
export function grouped(rows: readonly Row[], column: string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row[column] ?? '';
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
