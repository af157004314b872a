import type { Decider } from '#event-store';
import { AddResourceTypes, addResourceTypes } from './add-resource-types.js';
import { AdoptNamespace, adoptNamespace, AdoptResourceTypes, adoptResourceTypes } from './adopt-namespace.js';
import { ChangeNamespace, changeNamespace, DeleteNamespace, deleteNamespace } from './change-namespace.js';
import { CreateNamespace, createNamespace } from './create-namespace.js';
import { Define, define } from './define.js';
import { DefineTags, defineTags } from './define-tags.js';
import { evolveMetadefs } from './evolve-metadefs.js';
import type { MetadefsCommand } from './metadefs-command.js';
import { METADEFS_EVENT_VERSIONS, type MetadefsEvent } from './metadefs.events.js';
import { NOTHING, type MetadefsState } from './metadefs.state.js';
import { METADEFS_UPCASTS } from './metadefs.upcasts.js';
import { METADEFS_STREAMS } from './namespace.js';
import { Remove, remove, RemoveAll, removeAll } from './remove.js';

type Decide = (state: MetadefsState) => readonly MetadefsEvent[];
type CommandClass<C> = abstract new (...args: never[]) => C;

const decides = <C extends MetadefsCommand>(type: CommandClass<C>, decide: (command: C, state: MetadefsState) => readonly MetadefsEvent[]) =>
  (command: MetadefsCommand): Decide | undefined => (command instanceof type ? (state) => decide(command, state) : undefined);

/** Every command on metadata definitions and the function that decides it. */
const DECISIONS = [
  decides(CreateNamespace, createNamespace),
  decides(ChangeNamespace, changeNamespace),
  decides(DeleteNamespace, deleteNamespace),
  decides(Define, define),
  decides(DefineTags, defineTags),
  decides(Remove, remove),
  decides(RemoveAll, removeAll),
  decides(AddResourceTypes, addResourceTypes),
  decides(AdoptNamespace, adoptNamespace),
  decides(AdoptResourceTypes, adoptResourceTypes),
];

export const metadefsDecider: Decider<MetadefsState, MetadefsCommand, MetadefsEvent> = {
  streamPrefix: METADEFS_STREAMS,
  initialState: () => NOTHING,
  evolve: evolveMetadefs,
  decide(command, state) {
    for (const decision of DECISIONS) {
      const decide = decision(command);
      if (decide) return decide(state);
    }
    throw new TypeError(`no decision for ${command.constructor.name}`);
  },
  versions: METADEFS_EVENT_VERSIONS,
  upcasts: METADEFS_UPCASTS,
};
