import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Pool } from 'pg';
import { connectionLike } from './pool.js';

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;

/** A connection beside the pool that is made anew, later and later, whenever it breaks. */
export class StandingConnection {
  private readonly ending = new AbortController();
  private readonly logger = new Logger('PostgreSQL');
  private running: Promise<void> | undefined;

  /** `use` keeps the connection until it settles or the signal, which also tells of a break, aborts. */
  constructor(
    private readonly purpose: string,
    private readonly pool: Pool,
    private readonly use: (client: Client, signal: AbortSignal) => Promise<void>,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; !this.ending.signal.aborted; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      try {
        await this.once(() => (backoff = FIRST_BACKOFF_MS));
      } catch (error) {
        if (!this.ending.signal.aborted) this.logger.warn(`the connection for ${this.purpose} broke: ${String(error)}`);
      }
      await sleep(backoff, undefined, { signal: this.ending.signal }).catch(() => undefined);
    }
  }

  private async once(connected: () => void): Promise<void> {
    const client = connectionLike(this.pool);
    const broken = new AbortController();
    client.on('error', (error) => broken.abort(error));
    client.on('end', () => broken.abort(new Error('the server ended it')));
    try {
      await client.connect();
      connected();
      await this.use(client, AbortSignal.any([broken.signal, this.ending.signal]));
      broken.signal.throwIfAborted();
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
