import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { CONTEXT } from './counter.fixture.js';
import { seal } from './envelope.js';
import { EMPTY_STREAM, type EventStore, type ReadLog } from './event-store.js';
import type { LoggedEvent, SealedEvent } from './event.js';

export const streamName = (prefix = 'counter'): string => `${prefix}-${randomUUID()}`;

export function note(stream: string, data: object = {}, type = 'Noted'): SealedEvent {
  const id = v7();
  return seal({ type, data }, {
    id, stream, v: 1, at: '2026-01-01T00:00:00.000Z', hlc: '0000000000010000', site: 'here', actor: CONTEXT.actor,
    requestId: null, causationId: null, correlationId: null, creation: null,
  });
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function appended(store: EventStore, stream: string, count: number): Promise<SealedEvent[]> {
  const events = Array.from({ length: count }, () => note(stream));
  await store.append(stream, EMPTY_STREAM, events);
  return events;
}

export async function readAll(store: EventStore, options: ReadLog = {}): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (let after = options.after; ; ) {
    const page = await store.readLog({ limit: 50, ...options, after });
    events.push(...page.events);
    if (page.reached === after || (after === undefined && page.reached === 0n)) return events;
    after = page.reached;
  }
}

/** Those events as the log has them, once it has all of them. */
export async function logged(store: EventStore, events: readonly Pick<SealedEvent, 'id'>[]): Promise<LoggedEvent[]> {
  const ids = new Set(events.map(({ id }) => id));
  for (let tries = 0; tries < 200; tries++) {
    const found = (await readAll(store)).filter(({ id }) => ids.has(id));
    if (found.length === ids.size) return found;
    await pause(25);
  }
  throw new Error('the events did not reach the log within 5 s');
}
