import type { CommandContext } from '#event-store';
import { existing, NamespaceCommand } from './metadefs-command.js';
import { DefinitionExists, DefinitionNotFound, TooManyDefinitions } from './metadefs.errors.js';
import type { DefinedEvent, Since } from './metadefs.events.js';
import { DEFINED, keyOf, type Bodies, type Kind, type MetadefsState } from './metadefs.state.js';
import { find, listed } from './namespace.js';

/** Of each kind in one namespace: it is folded and shown as a whole. */
export const MOST_DEFINITIONS = 5_000;

interface Named<K extends Kind> {
  readonly kind: K;
  readonly name: string;
}

export type NewDefinition<K extends Kind = Kind> = { readonly [L in Kind]: Named<L> & Readonly<Bodies[L]> }[K];

/** Defines something new or, with `replaces`, what stands under that name, which may get another one. */
export class Define extends NamespaceCommand {
  constructor(context: CommandContext, namespaceId: string, readonly definition: NewDefinition, readonly replaces?: string) {
    super(context, namespaceId);
  }
}

export function define(command: Define, state: MetadefsState): [DefinedEvent] {
  const namespace = existing(command, state);
  const { definition, replaces } = command;
  const { kind, name } = definition;
  const before = replaces === undefined ? undefined : find(state, kind, replaces);
  if (replaces !== undefined && !before) throw new DefinitionNotFound(kind, replaces, namespace.name);
  const isMoved = !before || keyOf(kind, before.name) !== keyOf(kind, name);
  if (isMoved && find(state, kind, name)) throw new DefinitionExists(kind, name, namespace.name);
  if (!before) refuseTooMany(kind, listed(state.namespace, kind).length + 1);
  const history = before && { since: before.since, ...(before.name === name ? {} : { renamedFrom: before.name }) };
  return [definedEvent(definition, history)];
}

export function definedEvent({ kind, ...data }: NewDefinition, history: { since?: Since; renamedFrom?: string } = {}): DefinedEvent {
  return { type: DEFINED[kind], data: { ...data, ...history } } as DefinedEvent;
}

export function refuseTooMany(kind: Kind, count: number): void {
  if (count > MOST_DEFINITIONS) throw new TooManyDefinitions(kind, count, MOST_DEFINITIONS);
}
