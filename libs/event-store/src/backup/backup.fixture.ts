import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note } from '../event-store.fixture.js';
import { EMPTY_STREAM, type EventStore, type StreamHead } from '../event-store.js';
import type { LoggedEvent } from '../event.js';

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

export async function wholeLog(store: EventStore): Promise<LoggedEvent[]> {
  const all: LoggedEvent[] = [];
  for (let after = 0n; after < (await store.head()); ) {
    const { events, reached } = await store.readLog({ after });
    all.push(...events);
    after = reached;
  }
  return all;
}
