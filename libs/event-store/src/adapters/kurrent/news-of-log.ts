import { END, type AllStreamSubscription } from '@kurrent/kurrentdb-client';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KurrentConnection } from './kurrent.connection.js';
import { OURS } from './log-filter.js';

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;

/** Calls back whenever events are appended, and when it is connected again: some may have been missed. */
export class NewsOfLog {
  private readonly logger = new Logger('KurrentDB');
  private readonly wakes = new Set<() => void>();
  private listening: { readonly ending: AbortController; readonly done: Promise<void> } | undefined;

  constructor(private readonly connection: KurrentConnection) {}

  add(wake: () => void): () => void {
    const listener = () => wake();
    this.wakes.add(listener);
    if (!this.listening) {
      const ending = new AbortController();
      this.listening = { ending, done: this.run(ending.signal) };
    }
    return () => void this.wakes.delete(listener);
  }

  async close(): Promise<void> {
    this.wakes.clear();
    this.listening?.ending.abort();
    await this.listening?.done;
  }

  private async run(signal: AbortSignal): Promise<void> {
    for (let backoff = FIRST_BACKOFF_MS; !signal.aborted; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      try {
        await this.listen(signal, () => (backoff = FIRST_BACKOFF_MS));
      } catch (error) {
        if (!signal.aborted) this.logger.warn(`the subscription to the log broke: ${String(error)}`);
      }
      await sleep(backoff, undefined, { signal }).catch(() => undefined);
    }
  }

  private async listen(signal: AbortSignal, connected: () => void): Promise<void> {
    const subscription = this.connection.current.subscribeToAll({ fromPosition: END, filter: OURS });
    try {
      await this.untilEnd(subscription, signal, connected);
    } finally {
      await subscription.unsubscribe().catch(() => undefined);
    }
  }

  private async untilEnd(subscription: AllStreamSubscription, signal: AbortSignal, connected: () => void): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const end = () => ended.resolve();
    signal.addEventListener('abort', end, { once: true });
    subscription.on('error', ended.reject);
    subscription.on('end', end);
    subscription.on('data', () => this.wakeAll());
    subscription.on('confirmation', () => {
      connected();
      this.wakeAll();
    });
    await ended.promise.finally(() => signal.removeEventListener('abort', end));
  }

  private wakeAll(): void {
    for (const wake of this.wakes) wake();
  }
}
