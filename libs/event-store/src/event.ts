/** What a decider returns and a fold receives: a fact, in the past tense. */
export interface DomainEvent<T extends string = string, D = object> {
  readonly type: T;
  readonly data: D;
  /** When it was so in the world (ISO 8601 UTC with ms), for what is adopted from elsewhere; else the moment of the decision. */
  readonly at?: string;
}

/** Who caused an event. Never holds a token or another credential. */
export interface Actor {
  readonly user: string | null;
  readonly project: string | null;
  readonly roles: readonly string[];
  readonly admin: boolean;
  /** A service acting for a user (service token), by user id. */
  readonly service: string | null;
}

/** Where a command comes from; copied into each event that it causes. */
export interface CommandContext {
  readonly actor: Actor;
  readonly requestId: string | null;
  /** Id of the event that a reactor or a job answers to. */
  readonly causationId?: string;
  /** One id for everything that one request set in motion; the request id where nothing else is given. */
  readonly correlationId?: string;
}

/** Last-writer-wins order: `hlc`, then `site`, then `id`, each compared as text. */
export interface Stamp {
  /** Hybrid logical clock: 12 hex digits of ms since 1970 and 4 of a counter. */
  readonly hlc: string;
  readonly site: string;
  /** Event id (UUIDv7). */
  readonly id: string;
}

/** The hashed part of an event beside its data (architecture §3). */
export interface EventMeta extends Stamp {
  readonly stream: string;
  readonly v: number;
  /** Wall clock, ISO 8601 UTC with ms; shown, never compared. */
  readonly at: string;
  readonly actor: Actor;
  readonly requestId: string | null;
  readonly causationId: string | null;
  readonly correlationId: string | null;
  /** Id of the creation that this event was decided on; null for a creation and for streams without one. */
  readonly creation: string | null;
}

/** An event as folds, reactors and histories see it: upcast, its data parsed. */
export interface RecordedEvent<E extends DomainEvent = DomainEvent> {
  readonly type: E['type'];
  readonly data: E['data'];
  readonly meta: EventMeta;
  /** 0-based place in this site's stream. */
  readonly revision: number;
  readonly recordedAt: Date;
}

/**
 * An event as it is stored and carried: the text that was hashed.
 * `body` is canonical JSON (RFC 8785) of the metadata, type and `dataHash`; `data` the canonical JSON of the data, or
 * null after a lawful erasure; `dataHash` = SHA-256(salt ‖ data).
 */
export interface SealedEvent {
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly body: string;
  readonly data: string | null;
  readonly salt: Buffer;
}

/** A sealed event with what is local to this site, outside the digest. */
export interface StoredEvent extends SealedEvent {
  readonly stream: string;
  readonly revision: number;
  /** SHA-256(previous chain in this site's stream ‖ SHA-256(body)); the previous chain of revision 0 is 32 zero bytes. */
  readonly chain: Buffer;
  readonly recordedAt: Date;
}

/** A stored event with its place in the whole log. */
export interface LoggedEvent extends StoredEvent {
  /** Greater than 0, never changes once given; counted from 1 where the store's positions are dense. */
  readonly position: bigint;
  /** SHA-256(previous head ‖ chain); the previous head of position 1 is 32 zero bytes. Null where positions are not dense. */
  readonly head: Buffer | null;
}
