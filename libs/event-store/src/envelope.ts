import canonicalize from 'canonicalize';
import { createHash, randomBytes } from 'node:crypto';
import { EventCorrupt } from './event-store.errors.js';
import type { DomainEvent, EventMeta, RecordedEvent, SealedEvent, StoredEvent } from './event.js';

/** Previous chain of revision 0, and previous head of position 1. */
export const GENESIS = Buffer.alloc(32);

const SALT_BYTES = 16;

/** What reading needs to know of a decider: its current versions, and the way there. */
export interface Vocabulary {
  readonly versions: Readonly<Record<string, number>>;
  readonly upcasts: Readonly<Record<string, (data: never) => object>>;
}

type Body = EventMeta & { readonly type: string; readonly dataHash: string };

export function seal(event: DomainEvent, meta: EventMeta, salt: Buffer = newSalt()): SealedEvent {
  const data = canonical(event.data);
  const { id, v } = meta;
  return { id, type: event.type, v, body: bodyText(event.type, meta, sha256(salt, data).toString('hex')), data, salt };
}

/** The keys stand in the order of RFC 8785, so that plain JSON is the canonical one; a quarter of its time. */
function bodyText(type: string, meta: EventMeta, dataHash: string): string {
  const { user, project, roles, admin, service } = meta.actor;
  const { at, causationId, correlationId, creation, hlc, id, requestId, site, stream, v } = meta;
  const actor = { admin, project, roles, service, user };
  const body: Body = { actor, at, causationId, correlationId, creation, dataHash, hlc, id, requestId, site, stream, type, v };
  const text = JSON.stringify(body);
  // A lone surrogate is written as an escape; the full way refuses it.
  return text.includes('\\ud') ? canonical(body) : text;
}

let salts = Buffer.alloc(0);

/** Random bytes are drawn for many salts at once. */
function newSalt(): Buffer {
  if (salts.length === 0) salts = randomBytes(SALT_BYTES * 256);
  const salt = Buffer.from(salts.subarray(0, SALT_BYTES));
  salts = salts.subarray(SALT_BYTES);
  return salt;
}

export const digest = (body: string): Buffer => sha256(body);

/** Both the chain of a stream (previous chain, digest) and the head of the log (previous head, chain) are made so. */
export const link = (previous: Buffer, next: Buffer): Buffer => sha256(previous, next);

export const chainOf = (previous: Buffer, body: string): Buffer => link(previous, digest(body));

/** Throws `EventCorrupt` where the event does not follow the one before it in its stream. */
export function verifyChain(event: StoredEvent, previous: Buffer): void {
  if (!chainOf(previous, event.body).equals(event.chain)) throw corrupt(event, 'its chain does not fit');
}

/** Throws `EventCorrupt` where columns, data and body disagree; answers the body's metadata. */
export function verify(event: StoredEvent): EventMeta {
  const body = parse(event, event.body) as Body;
  for (const part of ['id', 'stream', 'type', 'v'] as const) {
    if (body[part] !== event[part]) throw corrupt(event, `its ${part} is not the one in its body`);
  }
  if (event.data !== null && sha256(event.salt, event.data).toString('hex') !== body.dataHash) {
    throw corrupt(event, 'its data does not fit the hash in its body');
  }
  const { type: _type, dataHash: _dataHash, ...meta } = body;
  return meta;
}

/**
 * Verifies first, upcasts second. `unknown`: a type or version that the vocabulary does not have; `erased`: its data was
 * blanked. Neither can be folded.
 */
export function open<E extends DomainEvent>(event: StoredEvent, vocabulary: Vocabulary): RecordedEvent<E> | 'unknown' | 'erased' {
  const meta = verify(event);
  const current = Object.hasOwn(vocabulary.versions, event.type) ? vocabulary.versions[event.type] : undefined;
  if (current === undefined || event.v > current) return 'unknown';
  if (event.data === null) return 'erased';
  const data = upcast(event.type, event.v, current, parse(event, event.data), vocabulary.upcasts);
  return { type: event.type, data, meta, revision: event.revision, recordedAt: event.recordedAt };
}

function upcast(type: string, from: number, to: number, data: object, steps: Vocabulary['upcasts']): object {
  for (let v = from; v < to; v++) {
    const step = steps[`${type}.v${v}`];
    if (!step) throw new TypeError(`there is no step from ${type}.v${v} to v${v + 1}`);
    data = step(data as never);
  }
  return data;
}

function parse(event: StoredEvent, text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw corrupt(event, 'it is not JSON');
  }
}

const corrupt = (event: StoredEvent, why: string): EventCorrupt => new EventCorrupt(event.stream, event.revision, why);

/** RFC 8785; integers that a double cannot hold are written as strings. */
export function canonical(value: object): string {
  const text = canonicalize(exact(value));
  if (text === undefined) throw new TypeError('there is no JSON for this value');
  return text;
}

function exact(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return String(BigInt(value));
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, exact(part)]));
}

function sha256(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
