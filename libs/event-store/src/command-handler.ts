import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admission, Hold } from './admission.js';
import type { HybridClock } from './clock.js';
import { StreamCommand } from './command.js';
import type { Decided } from './decider.js';
import type { AnyDecider, Deciders } from './deciders.js';
import { seal } from './envelope.js';
import { ConcurrentChange, EventsTooLarge, RevisionConflict, StreamBusy, UnknownEvent, UpgradeUnfinished } from './event-store.errors.js';
import type { EventStore, StreamHead } from './event-store.js';
import type { DomainEvent, EventMeta, RecordedEvent, SealedEvent } from './event.js';
import { KeyedQueue } from './keyed-queue.js';
import type { InlineProjection, StateChange } from './projection.js';
import { step } from './step.js';
import type { LoadedStream, StreamReader } from './stream-reader.js';

/** What a burst on one image may queue up before clients are told to come back. */
const WAITING_AT_MOST = 64;
const GIVE_UP_MS = 5_000;
const RESEND_MS = 100;

export interface DecisionOptions {
  readonly site: string;
  readonly clock: HybridClock;
  readonly newId: () => string;
  readonly projections: readonly InlineProjection<unknown, unknown>[];
  readonly admission?: Admission;
  /** Where the read models follow the log: waits, not for ever, until they show the event. */
  readonly visible?: (stream: string, revision: number) => Promise<void>;
  /** Whether a `.contract` migration has been; absent: nothing older ever ran here. */
  readonly contracted?: (migration: string) => Promise<boolean>;
}

interface Sealed {
  readonly sealed: readonly SealedEvent[];
  readonly recorded: readonly RecordedEvent[];
  /** After them. */
  readonly state: unknown;
}

/** Serves every command on a stream: loads, folds, decides, appends; decides again when another process was faster. */
@CommandHandler(StreamCommand)
export class StreamCommandHandler implements ICommandHandler<StreamCommand> {
  private readonly queue = new KeyedQueue(WAITING_AT_MOST, (stream) => new StreamBusy(stream));

  constructor(
    private readonly store: EventStore,
    private readonly reader: StreamReader,
    private readonly deciders: Deciders,
    private readonly options: DecisionOptions,
  ) {}

  async execute(command: StreamCommand): Promise<Decided<unknown>> {
    const { stream } = command;
    const decided = await this.queue.run(stream, () => this.settle(command));
    if (decided.events.length > 0) await this.options.visible?.(stream, decided.revision);
    return decided;
  }

  private async settle(command: StreamCommand): Promise<Decided<unknown>> {
    const { stream } = command;
    const { now } = this.options.clock;
    const deadline = now() + GIVE_UP_MS;
    let loaded = command.creates ? this.reader.empty(stream) : await this.reader.load(stream);
    for (let tries = 0; ; tries++) {
      try {
        return await this.decide(command, loaded);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
        if (now() > deadline) throw new ConcurrentChange(stream);
      }
      if (tries > 0) await sleep(Math.random() * Math.min(10 * 2 ** tries, 200));
      loaded = await this.reader.load(stream);
    }
  }

  private async decide(command: StreamCommand, loaded: LoadedStream): Promise<Decided<unknown>> {
    const { stream } = command;
    if (loaded.unknown) throw new UnknownEvent(stream, loaded.unknown.type, loaded.unknown.v);
    const decider = this.deciders.of(stream);
    const at = new Date(this.options.clock.now()).toISOString();
    const events = decider.decide(command, loaded.state, { at });
    if (events.length === 0) return { state: loaded.state, revision: loaded.revision, events: [] };
    await this.assertKnownToAll(decider, events);
    const { sealed, recorded, state } = this.sealAll(command, decider, loaded, events, at);
    const change = { stream, before: loaded.state, after: state, revision: loaded.revision + sealed.length, events: recorded };
    const head = await this.admitted(change, (settled) => this.append(stream, loaded.head, sealed, this.writes(settled)));
    return { state, revision: head.revision, events: recorded };
  }

  private async assertKnownToAll({ writtenAfter = {} }: AnyDecider, events: readonly DomainEvent[]): Promise<void> {
    const needed = new Set(events.flatMap(({ type }) => writtenAfter[type] ?? []));
    for (const migration of needed) if ((await this.options.contracted?.(migration)) === false) throw new UpgradeUnfinished(migration);
  }

  private async admitted(change: StateChange<unknown>, append: (change: StateChange<unknown>) => Promise<StreamHead>): Promise<StreamHead> {
    const hold = await this.holdFor(change);
    if (!hold) return append(change);
    try {
      return await append({ ...change, settles: [hold.holder] });
    } catch (error) {
      if (isRefusal(error)) await hold.release();
      throw error;
    }
  }

  private async holdFor(change: StateChange<unknown>): Promise<Hold | undefined> {
    const { admission } = this.options;
    return admission && change.stream.startsWith(admission.streamPrefix) ? admission.admit(change) : undefined;
  }

  private writes(change: StateChange<unknown>): readonly unknown[] {
    return this.options.projections
      .filter(({ streamPrefix }) => change.stream.startsWith(streamPrefix))
      .flatMap((projection) => projection.write(change));
  }

  private sealAll(command: StreamCommand, decider: AnyDecider, loaded: LoadedStream, events: readonly DomainEvent[], at: string): Sealed {
    const { clock, newId, site } = this.options;
    const { actor, requestId, causationId = null, correlationId = requestId } = command.context;
    let { state } = loaded;
    const sealed: SealedEvent[] = [];
    const recorded: RecordedEvent[] = [];
    for (const [i, event] of events.entries()) {
      const v = decider.versions[event.type];
      if (v === undefined) throw new TypeError(`${event.type} has no version in its decider`);
      const hlc = clock.tick(loaded.hlc);
      // A creation may be the first of them.
      const creation = decider.creation?.(state) ?? null;
      const meta: EventMeta = { id: newId(), stream: command.stream, v, at: event.at ?? at, hlc, site, actor, requestId, causationId, correlationId, creation };
      const one = seal(event, meta);
      sealed.push(one);
      // The data is read back from the stored text: the fold sees now what it will see ever after.
      const data = JSON.parse(one.data ?? '{}') as object;
      const record: RecordedEvent = { type: event.type, data, meta, revision: loaded.revision + 1 + i, recordedAt: new Date(at) };
      recorded.push(record);
      state = decider.evolve(state, record);
    }
    return { sealed, recorded, state };
  }

  /** An append whose end is unknown is sent once more: the store recognises the ids if it had happened. */
  private async append(stream: string, head: StreamHead, events: readonly SealedEvent[], inline: readonly unknown[]): Promise<StreamHead> {
    step(`append ${events.map(({ type }) => type).join(' ')}`);
    try {
      return await this.store.append(stream, head, events, inline);
    } catch (error) {
      if (isRefusal(error)) throw error;
      await sleep(RESEND_MS);
      return this.store.append(stream, head, events, inline);
    }
  }
}

/** Nothing was written, for sure. */
const isRefusal = (error: unknown): boolean => error instanceof RevisionConflict || error instanceof EventsTooLarge || error instanceof TypeError;
