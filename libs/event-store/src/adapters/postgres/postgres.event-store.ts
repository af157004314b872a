import { DatabaseError, type Pool } from 'pg';
import { chainOf } from '../../envelope.js';
import { RevisionConflict } from '../../event-store.errors.js';
import type { EventStore, LogPage, ReadLog, ReadStream, StreamHead } from '../../event-store.js';
import type { SealedEvent, StoredEvent } from '../../event.js';
import type { SqlWrite } from '../../projection.js';
import { appendStatement, appendValues } from './append-statement.js';
import { type EventRow, loggedEvents, type LogRow, POSITION_OF, READ_LOG, READ_STREAM, storedEvent } from './read-statements.js';
import { LOG_CHANNEL, Sequencer } from './sequencer.js';
import { StandingConnection } from './standing-connection.js';

const DEFAULT_LIMIT = 500;
/** How much of the log one read looks at, however little of it matches. */
const WINDOW = 5_000n;

export interface PostgresEventStoreOptions {
  /** Not ended by `close`. */
  readonly pool: Pool;
  /** False: leaves it to other processes to move events to the log. */
  readonly sequencer?: boolean;
}

/** Besides the pool it holds a connection for the sequencer and, once somebody asked for `onAppended`, one to listen. */
export function createPostgresEventStore(options: PostgresEventStoreOptions): EventStore<SqlWrite> {
  return new PostgresEventStore(options);
}

class PostgresEventStore implements EventStore<SqlWrite> {
  readonly name = 'postgres';
  readonly inline = true;
  readonly densePositions = true;
  private readonly pool: Pool;
  private readonly sequencer: Sequencer;
  private readonly listener: StandingConnection;
  private readonly wakes = new Set<() => void>();

  constructor({ pool, sequencer = true }: PostgresEventStoreOptions) {
    this.pool = pool;
    this.sequencer = new Sequencer(pool);
    if (sequencer) this.sequencer.start();
    this.listener = new StandingConnection('news of the log', pool, async (client, signal) => {
      client.on('notification', () => this.wakeAll());
      await client.query(`LISTEN ${LOG_CHANNEL}`);
      this.wakeAll();
      // It may have been closed while it was connecting.
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    });
  }

  async append(stream: string, expected: StreamHead, events: readonly SealedEvent[], inline: readonly SqlWrite[] = []): Promise<StreamHead> {
    if (events.length === 0) throw new TypeError('an append needs at least one event');
    const chains: Buffer[] = [];
    for (const { body } of events) chains.push(chainOf(chains.at(-1) ?? expected.chain, body));
    const done = { revision: expected.revision + events.length, chain: chains.at(-1) ?? expected.chain };
    try {
      await this.pool.query({ ...appendStatement(events.length === 1, inline), values: appendValues(stream, expected, events, chains, inline) });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.acceptIfDone(stream, expected, events, error);
    }
    this.sequencer.nudge();
    return done;
  }

  async readStream(stream: string, { from, direction = 'forward', limit }: ReadStream = {}): Promise<StoredEvent[]> {
    const { rows } = await this.pool.query<EventRow>({ ...READ_STREAM[direction], values: [stream, from, limit] });
    return rows.map(storedEvent);
  }

  async readLog({ after, direction = 'forward', limit = DEFAULT_LIMIT, filter }: ReadLog = {}): Promise<LogPage> {
    const forward = direction === 'forward';
    const start = after ?? (forward ? 0n : (await this.head()) + 1n);
    const end = forward ? start + WINDOW : start - WINDOW;
    const values = [start, end, limit, filter?.types, filter?.streams];
    const { rows } = await this.pool.query<LogRow>({ ...READ_LOG[direction], values });
    const events = loggedEvents(rows);
    const full = events.length === limit ? events.at(-1) : undefined;
    if (full) return { events, reached: full.position };
    const last = BigInt(rows[0]?.last ?? 0);
    return { events, reached: forward ? max(start, min(end, last)) : min(start, max(end, 1n)) };
  }

  async head(): Promise<bigint> {
    const { rows } = await this.pool.query<{ last: string }>({ name: 'log-head', text: 'SELECT coalesce(max(position), 0) AS last FROM afterimage.log' });
    return BigInt(rows[0]?.last ?? 0);
  }

  async positionOf(stream: string, revision: number): Promise<bigint | undefined> {
    const { rows } = await this.pool.query<{ position: string }>({ ...POSITION_OF, values: [stream, revision] });
    return rows[0] && BigInt(rows[0].position);
  }

  onAppended(wake: () => void): () => void {
    const listener = () => wake();
    this.wakes.add(listener);
    this.listener.start();
    return () => void this.wakes.delete(listener);
  }

  async close(): Promise<void> {
    this.wakes.clear();
    await Promise.all([this.sequencer.close(), this.listener.close()]);
  }

  private wakeAll(): void {
    for (const wake of this.wakes) wake();
  }

  private async acceptIfDone(stream: string, expected: StreamHead, events: readonly SealedEvent[], refusal: DatabaseError): Promise<void> {
    const from = Math.max(0, expected.revision);
    const [first, ...rest] = await this.readStream(stream, { from, limit: events.length + 1 });
    const follows = expected.revision === -1 || (first?.revision === expected.revision && first.chain.equals(expected.chain));
    const after = expected.revision === -1 && first ? [first, ...rest] : rest;
    if (follows && events.every(({ id }, i) => after[i]?.id === id)) return;
    if (follows && after.length === 0 && refusal.code === '23505') throw new TypeError('an event was written before, elsewhere', { cause: refusal });
    throw new RevisionConflict(stream, expected.revision);
  }
}

/** The append's own constraints, not those of a projection's table. */
function isRefusal(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.schema !== 'afterimage' || error.table !== 'event') return false;
  return error.code === '23505' || (error.code === '23502' && error.column === 'revision');
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
