import type { Kind } from './metadefs.state.js';

/** Refusals of the metadata definitions. `code` is what others compare; each API maps it to a status of its own. */
abstract class MetadefsRefusal extends Error {
  abstract readonly code: string;
}

export class NamespaceNotFound extends MetadefsRefusal {
  readonly code = 'NamespaceNotFound';
  constructor(readonly namespace: string) {
    super(`Metadata definition namespace=${namespace} was not found.`);
  }
}

export class NamespaceExists extends MetadefsRefusal {
  readonly code = 'NamespaceExists';
  constructor(readonly namespace: string) {
    super(`The metadata definition namespace=${namespace} already exists.`);
  }
}

const TITLE = { property: 'property', object: 'object', tag: 'tag', association: 'resource type association' } as const satisfies Record<Kind, string>;

export class NamespaceProtected extends MetadefsRefusal {
  readonly code = 'NamespaceProtected';
  constructor(readonly namespace: string, kind?: Kind, name?: string) {
    super(`Metadata definition ${kind ? `${TITLE[kind]} ${name}` : `namespace ${namespace}`} is protected and cannot be deleted.`);
  }
}

export class DefinitionNotFound extends MetadefsRefusal {
  readonly code = 'DefinitionNotFound';
  constructor(readonly kind: Kind, readonly definition: string, readonly namespace: string) {
    super(`The metadata definition ${TITLE[kind]} with name=${definition} was not found in namespace=${namespace}.`);
  }
}

export class DefinitionExists extends MetadefsRefusal {
  readonly code = 'DefinitionExists';
  constructor(readonly kind: Kind, readonly definition: string, readonly namespace: string) {
    const hint = kind === 'tag' ? ' (Please note that metadata tag names are case insensitive).' : '';
    super(`A metadata definition ${TITLE[kind]} with name=${definition} already exists in namespace=${namespace}.${hint}`);
  }
}

/** The property is not one of the resource type's: it lacks the prefix. */
export class PrefixMissing extends MetadefsRefusal {
  readonly code = 'PrefixMissing';
  constructor(readonly property: string, readonly prefix: string | null) {
    super(`Property ${property} does not start with the expected resource type association prefix of '${prefix ?? ''}'.`);
  }
}

export class InvalidDefinition extends MetadefsRefusal {
  readonly code = 'InvalidDefinition';
}

export class TooManyDefinitions extends MetadefsRefusal {
  readonly code = 'TooManyDefinitions';
  constructor(readonly kind: Kind, readonly attempted: number, readonly maximum: number) {
    super(`A namespace has at most ${maximum} definitions of a kind; this would make ${attempted} (${TITLE[kind]}).`);
  }
}

export class MetadefsForbidden extends MetadefsRefusal {
  readonly code = 'MetadefsForbidden';
  constructor(readonly rule: string) {
    super(`You are not authorized to complete ${rule} action.`);
  }
}

export type MetadefsError =
  | NamespaceNotFound | NamespaceExists | NamespaceProtected | DefinitionNotFound | DefinitionExists | PrefixMissing
  | InvalidDefinition | TooManyDefinitions | MetadefsForbidden;
