import { Logger } from '@nestjs/common';
import type { StreamCommand } from './command.js';
import type { Decider } from './decider.js';
import { open } from './envelope.js';
import type { DomainEvent, RecordedEvent, StoredEvent } from './event.js';

export type AnyDecider = Decider<unknown, StreamCommand, DomainEvent>;

/** Every kind of stream that this process knows. */
export class Deciders {
  /** How often an event was left out because this process does not know it, by `<type>.v<n>`. */
  readonly unknown = new Map<string, number>();
  private readonly logger = new Logger(Deciders.name);

  constructor(private readonly deciders: readonly AnyDecider[]) {
    for (const a of deciders) {
      const other = deciders.find((b) => b !== a && b.streamPrefix.startsWith(a.streamPrefix));
      if (other) throw new TypeError(`streams ${other.streamPrefix}* would have two deciders`);
    }
  }

  of(stream: string): AnyDecider {
    const decider = this.find(stream);
    if (!decider) throw new TypeError(`no decider is registered for stream ${stream}`);
    return decider;
  }

  /** Verified and upcast; undefined where this process does not know it or its data was erased. */
  open(event: StoredEvent): RecordedEvent | undefined {
    const decider = this.find(event.stream);
    const opened = decider ? open(event, decider) : 'unknown';
    if (opened === 'unknown') this.count(event);
    return typeof opened === 'string' ? undefined : opened;
  }

  isKnown(event: StoredEvent): boolean {
    return event.v <= (this.of(event.stream).versions[event.type] ?? -Infinity);
  }

  private find(stream: string): AnyDecider | undefined {
    return this.deciders.find(({ streamPrefix }) => stream.startsWith(streamPrefix));
  }

  private count({ type, v }: StoredEvent): void {
    const name = `${type}.v${v}`;
    const seen = this.unknown.get(name) ?? 0;
    if (seen === 0) this.logger.warn(`event ${name} is not known here and is left out; a newer process wrote it`);
    this.unknown.set(name, seen + 1);
  }
}
