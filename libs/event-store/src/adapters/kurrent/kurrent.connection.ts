import { ErrorType, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { DatabaseUnavailable } from '../../event-store.errors.js';

/**
 * The client keeps appends in a stream's buffer of 16. Those that find it full are lost with the connection in a way that
 * ends the process (a rejection that nobody can handle), so there are never so many.
 */
const APPENDS_AT_ONCE = 12;
/** The client waits for ever for the answer to an append, and for reads where it had once found no server. */
const ANSWER_MS = 15_000;
const RENEW_MS = 250;

const UNREACHABLE: ReadonlySet<unknown> = new Set([
  ErrorType.UNAVAILABLE, ErrorType.CANCELLED, ErrorType.NOT_LEADER, ErrorType.TIMEOUT, ErrorType.DEADLINE_EXCEEDED,
]);
/** gRPC: cancelled, deadline exceeded, unavailable. */
const UNREACHABLE_CODES: ReadonlySet<unknown> = new Set([1, 4, 14]);

/** A client of one server or cluster that outlives their restarts; failures of the way there are `DatabaseUnavailable`. */
export class KurrentConnection {
  private client: KurrentDBClient;
  private appending = 0;
  private readonly waiting: (() => void)[] = [];
  private renewedAt = 0;

  /** The URL holds the password. */
  constructor(private readonly url: string) {
    this.client = KurrentDBClient.connectionString(url);
  }

  get current(): KurrentDBClient {
    return this.client;
  }

  /** Hands on what is read until `take` answers true, or all is read. */
  async read<T>(open: (client: KurrentDBClient) => AsyncIterator<T>, take: (item: T) => boolean | void): Promise<void> {
    await this.answered(this.client, async (client) => {
      const items = open(client);
      for (;;) {
        const { done, value } = await within(ANSWER_MS, items.next());
        if (done) return;
        if (take(value as T) === true) return void items.return?.().catch(() => undefined);
      }
    });
  }

  async append<T>(work: (client: KurrentDBClient) => Promise<T>): Promise<T> {
    if (this.appending >= APPENDS_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.appending += 1;
    try {
      const { client } = this;
      return await this.answered(client, () => within(ANSWER_MS, work(client)));
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.appending -= 1;
    }
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }

  private async answered<T>(client: KurrentDBClient, work: (client: KurrentDBClient) => Promise<T>): Promise<T> {
    try {
      return await work(client);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      this.renew(client);
      throw new DatabaseUnavailable(error);
    }
  }

  /** A client that failed once may never find its server again. */
  private renew(client: KurrentDBClient): void {
    if (this.client !== client || Date.now() - this.renewedAt < RENEW_MS) return;
    this.renewedAt = Date.now();
    this.client = KurrentDBClient.connectionString(this.url);
    client.dispose().catch(() => undefined);
  }
}

class NoAnswer extends Error {
  readonly type = ErrorType.TIMEOUT;
  constructor() {
    super(`KurrentDB did not answer within ${ANSWER_MS / 1000} s`);
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new NoAnswer()), ms)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const partOf = (error: unknown, name: string): unknown => (typeof error === 'object' && error !== null && name in error ? (error as Record<string, unknown>)[name] : undefined);

const isUnreachable = (error: unknown): boolean => UNREACHABLE.has(partOf(error, 'type')) || UNREACHABLE_CODES.has(partOf(error, 'code'));
