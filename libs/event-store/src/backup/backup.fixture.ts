import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note } from '../event-store.fixture.js';
import { EMPTY_STREAM, type EventStore, type StreamHead } from '../event-store.js';
import type { NumberedEvent } from './numbered-event.js';
import { numberedLog } from './numbered-log.js';

/** A folder for the files of a test, taken away after all of them. */
export function backupFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-backup-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** Appends events to some streams by turns, several at once now and then. */
export async function fill(store: EventStore, count: number, data: object = {}): Promise<void> {
  const heads = new Map<string, StreamHead>(Array.from({ length: 7 }, () => [`counter-${randomUUID()}`, EMPTY_STREAM]));
  for (let done = 0; done < count; ) {
    for (const [stream, head] of heads) {
      const events = Array.from({ length: Math.min(count - done, done % 3 === 0 ? 2 : 1) }, (_, i) => note(stream, { ...data, n: done + i, text: 'ü\u2028"\n' }));
      if (events.length === 0) break;
      heads.set(stream, await store.append(stream, head, events));
      done += events.length;
    }
  }
}

/** With the place and head of each event. */
export async function wholeLog(store: EventStore): Promise<readonly NumberedEvent[]> {
  const log = numberedLog(store);
  const all: NumberedEvent[] = [];
  for (let page = await log.read(0n, 500); page.length > 0; page = await log.read(BigInt(all.length), 500)) all.push(...page);
  return all;
}

export const lengthOf = async (store: EventStore): Promise<number> => (await wholeLog(store)).length;

/** The same store with positions that only grow, and no heads. */
export function sparse(store: EventStore): EventStore {
  const at = (position: bigint): bigint => position * 7n;
  return {
    name: store.name,
    inline: store.inline,
    densePositions: false,
    append: (...of) => store.append(...of),
    readStream: (...of) => store.readStream(...of),
    async readLog({ after, ...more } = {}) {
      if (after !== undefined && after % 7n !== 0n) throw new TypeError(`${after} is no position that this store gave`);
      const { events, reached } = await store.readLog({ ...more, ...(after === undefined ? {} : { after: after / 7n }) });
      return { events: events.map((event) => ({ ...event, position: at(event.position), head: null })), reached: at(reached) };
    },
    head: async () => at(await store.head()),
    positionOf: async (...of) => {
      const position = await store.positionOf(...of);
      return position && at(position);
    },
    onAppended: (wake) => store.onAppended(wake),
    close: () => store.close(),
  };
}
