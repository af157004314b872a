import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Decider } from './decider.js';
import { chainOf, GENESIS, open, seal } from './envelope.js';
import type { DomainEvent, EventMeta, RecordedEvent } from './event.js';

const SAMPLE = /^(?<type>[A-Z][A-Za-z]*)\.v(?<v>[1-9][0-9]*)\.json$/;

const META: Omit<EventMeta, 'stream' | 'v'> = {
  id: '019b0000-0000-7000-8000-000000000000', at: '2026-01-01T00:00:00.000Z', hlc: '019b000000000000', site: 'here',
  actor: { user: null, project: null, roles: [], admin: true, service: null },
  requestId: null, causationId: null, correlationId: null, creation: '019b0000-0000-7000-8000-000000000000',
};

export interface Sample<State> {
  readonly name: string;
  readonly event: RecordedEvent;
  readonly state: State;
}

/**
 * Reads the frozen samples of a decider's events, `<Type>.v<n>.json` with the data as it was stored, and upcasts and folds
 * each. Throws where a type or version that the decider ever had is without a sample, or a sample without a way to today.
 */
export function openHistory<State, C, E extends DomainEvent>(folder: string, decider: Decider<State, C, E>): Sample<State>[] {
  const files = readdirSync(folder).toSorted();
  for (const [type, current] of Object.entries<number>(decider.versions)) {
    for (let v = 1; v <= current; v++) {
      if (!files.includes(`${type}.v${v}.json`)) throw new Error(`there is no sample ${type}.v${v}.json in ${folder}`);
    }
  }
  return files.map((file) => openSample(folder, file, decider));
}

function openSample<State, C, E extends DomainEvent>(folder: string, file: string, decider: Decider<State, C, E>): Sample<State> {
  const { type, v } = SAMPLE.exec(file)?.groups ?? {};
  if (type === undefined || v === undefined) throw new Error(`${file} is not named <Type>.v<n>.json`);
  const stream = `${decider.streamPrefix}sample`;
  const data = JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;
  const sealed = seal({ type, data }, { ...META, stream, v: Number(v) });
  const event = open<E>({ ...sealed, stream, revision: 0, chain: chainOf(GENESIS, sealed.body), recordedAt: new Date(META.at) }, decider);
  if (typeof event === 'string') throw new Error(`the decider does not know ${type}.v${v} any more`);
  return { name: `${type}.v${v}`, event, state: decider.evolve(decider.initialState(), event) };
}
