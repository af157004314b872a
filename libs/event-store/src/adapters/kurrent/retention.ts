import { streamNameFilter } from '@kurrent/kurrentdb-client';
import { LogMayBeCut } from '../../event-store.errors.js';
import type { KurrentConnection } from './kurrent.connection.js';

/** What makes KurrentDB drop events: by age, by number, or those before one (also a soft delete). */
const CUTTING = ['$maxAge', '$maxCount', '$tb'];

/** Throws `LogMayBeCut` where streams with these prefixes may lose events or have lost some. */
export async function assertKeptForEver(connection: KurrentConnection, prefixes: readonly string[]): Promise<void> {
  const cut = new Map<string, string>();
  const filter = streamNameFilter({ prefixes: prefixes.map((prefix) => `$$${prefix}`) });
  await connection.read((client) => client.readAll({ filter, requiresLeader: true }), ({ event }) => {
    if (!event) return;
    const { data } = event;
    const found = CUTTING.filter((name) => typeof data === 'object' && data !== null && name in data);
    const stream = event.streamId.slice(2);
    if (found.length > 0) cut.set(stream, found.join(', '));
    else cut.delete(stream);
  });
  if (cut.size > 0) throw new LogMayBeCut([...cut].map(([stream, found]) => `${stream} (${found})`));
}
