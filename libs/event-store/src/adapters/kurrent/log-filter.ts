import { eventTypeFilter, streamNameFilter, type Filter } from '@kurrent/kurrentdb-client';
import type { LogFilter } from '../../event-store.js';

/** Streams of the server itself begin with `$`. */
export const OURS: Filter = streamNameFilter({ regex: '^[^$]' });

/** What the server leaves out; it takes one criterion, so that the reader looks at types once more. */
export function serverFilter({ types, streams }: LogFilter = {}): Filter {
  if (streams) return streamNameFilter({ prefixes: [...streams] });
  if (types) return eventTypeFilter({ regex: `^(${types.map(escaped).join('|')})$` });
  return OURS;
}

const escaped = (text: string): string => text.replace(/[^\w]/g, '\\$&');
