import { jsonEvent, type AllStreamRecordedEvent, type EventData, type RecordedEvent } from '@kurrent/kurrentdb-client';
import type { LoggedEvent, SealedEvent, StoredEvent } from '../../event.js';

/** The texts that were hashed, as strings inside JSON: any other way the client would write them anew. */
interface Data {
  readonly body: string;
  readonly data: string | null;
}

interface Metadata {
  readonly afterimage: 1;
  readonly v: number;
  /** Base64. */
  readonly salt: string;
  /** Base64. */
  readonly chain: string;
  /** By the clock of the process that appended it: the server's own time comes back in whole seconds. */
  readonly recordedAt: string;
}

export function eventData({ id, type, v, body, data, salt }: SealedEvent, chain: Buffer, recordedAt: Date): EventData {
  const texts: Data = { body, data };
  const metadata: Metadata = { afterimage: 1, v, salt: salt.toString('base64'), chain: chain.toString('base64'), recordedAt: recordedAt.toISOString() };
  return jsonEvent({ id, type, data: { ...texts }, metadata: { ...metadata } });
}

/** Undefined: another program wrote it. */
export function storedEvent({ id, type, streamId, revision, data, metadata }: RecordedEvent): StoredEvent | undefined {
  if (!isData(data) || !isMetadata(metadata)) return undefined;
  const [salt, chain] = [Buffer.from(metadata.salt, 'base64'), Buffer.from(metadata.chain, 'base64')];
  return { stream: streamId, revision: Number(revision), id, type, v: metadata.v, body: data.body, data: data.data, salt, chain, recordedAt: new Date(metadata.recordedAt) };
}

export function loggedEvent(record: AllStreamRecordedEvent): LoggedEvent | undefined {
  const stored = storedEvent(record);
  return stored && { ...stored, position: record.position.commit, head: null };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isData = (value: unknown): value is Data => isObject(value) && typeof value['body'] === 'string' && (typeof value['data'] === 'string' || value['data'] === null);

const isMetadata = (value: unknown): value is Metadata =>
  isObject(value) && value['afterimage'] === 1 && typeof value['v'] === 'number' && ['salt', 'chain', 'recordedAt'].every((name) => typeof value[name] === 'string');
