import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { randomUUID } from 'node:crypto';
import type { PolicyRule } from '#access';
import type { CommandContext } from '#event-store';
import { AddResourceTypes } from './metadefs/add-resource-types.js';
import { ChangeNamespace, DeleteNamespace } from './metadefs/change-namespace.js';
import { CreateNamespace } from './metadefs/create-namespace.js';
import type { NewDefinition } from './metadefs/define.js';
import type { NamespaceCommand } from './metadefs/metadefs-command.js';
import { NamespaceNotFound } from './metadefs/metadefs.errors.js';
import type { NamespaceAttributes } from './metadefs/metadefs.events.js';
import type { Kind, MetadefsState, ResourceType } from './metadefs/metadefs.state.js';
import { namespaceOf, type Namespace, type NamespaceContent } from './metadefs/namespace.js';
import { METADEF_CATALOG } from './metadefs.options.js';
import { NamespaceAccess } from './namespace-access.js';
import { NamespaceNames } from './namespace-names.js';
import type { MetadefCatalog, NamespaceQuery } from './read-model/catalog.js';

/** What a client says of a namespace; the rest has defaults. */
export type NamespaceDraft = Partial<NamespaceAttributes> & Pick<NamespaceAttributes, 'name'>;

const ADDING: Readonly<Record<Kind, PolicyRule>> = {
  association: 'add_metadef_resource_type_association', object: 'add_metadef_object', property: 'add_metadef_property', tag: 'add_metadef_tag',
};

/** Namespaces of metadata definitions: authorises once, dispatches, reads. */
@Injectable()
export class MetadefsService {
  constructor(
    private readonly bus: CommandBus,
    @Inject(METADEF_CATALOG) private readonly catalog: MetadefCatalog,
    private readonly access: NamespaceAccess,
    private readonly names: NamespaceNames,
  ) {}

  /** `marker` is a name; `NamespaceNotFound` where the caller cannot see it. */
  async list(context: CommandContext, { marker, ...query }: Omit<NamespaceQuery, 'viewer'>): Promise<readonly Namespace[]> {
    const { actor } = context;
    this.access.require('get_metadef_namespaces', actor);
    this.access.require('list_metadef_resource_types', actor);
    const last = marker === undefined ? undefined : await this.find(context, marker);
    const namespaces = await this.catalog.list({ ...query, viewer: { admin: actor.admin, project: actor.project }, marker: last?.id });
    return namespaces.filter((namespace) => this.access.may('get_metadef_namespace', actor, namespace));
  }

  async show(context: CommandContext, name: string): Promise<{ readonly namespace: Namespace; readonly content: NamespaceContent }> {
    return this.read(context, name, 'get_metadef_namespace', 'list_metadef_resource_types', 'get_metadef_objects', 'get_metadef_properties', 'get_metadef_tags');
  }

  async create(context: CommandContext, draft: NamespaceDraft, definitions: readonly NewDefinition[], id: string = randomUUID()): Promise<Namespace> {
    const rules = new Set<PolicyRule>(['add_metadef_namespace', ...definitions.map(({ kind }) => ADDING[kind])]);
    for (const rule of rules) this.access.require(rule, context.actor);
    return this.names.hold(draft.name, id, async () => {
      const attributes = complete(draft, context);
      await this.addResourceTypes(context, definitions.flatMap(({ kind, name }) => (kind === 'association' ? [name] : [])));
      return created(id, await this.dispatch(new CreateNamespace(context, id, attributes, definitions)));
    });
  }

  async change(context: CommandContext, name: string, draft: NamespaceDraft): Promise<Namespace> {
    const namespace = await this.find(context, name);
    this.access.require('modify_metadef_namespace', context.actor, namespace);
    const change = async () => created(namespace.id, await this.dispatch(new ChangeNamespace(context, namespace.id, complete(draft, context))));
    if (draft.name === namespace.name) return change();
    const changed = await this.names.hold(draft.name, namespace.id, change);
    await this.names.free(namespace.name, namespace.id);
    return changed;
  }

  async delete(context: CommandContext, name: string): Promise<void> {
    const namespace = await this.find(context, name);
    this.access.require('delete_metadef_namespace', context.actor, namespace);
    await this.dispatch(new DeleteNamespace(context, namespace.id));
    await this.names.free(namespace.name, namespace.id);
  }

  async resourceTypes(context: CommandContext): Promise<readonly ResourceType[]> {
    this.access.require('list_metadef_resource_types', context.actor);
    return this.catalog.resourceTypes();
  }

  /** The namespace, if the caller can see it. */
  async find(context: CommandContext, name: string): Promise<Namespace> {
    return this.access.visible(context.actor, name, await this.catalog.find(name));
  }

  /** The whole namespace, if every rule lets the caller. */
  async read(context: CommandContext, name: string, ...rules: readonly PolicyRule[]): Promise<{ readonly namespace: Namespace; readonly content: NamespaceContent }> {
    const namespace = await this.find(context, name);
    for (const rule of rules) this.access.require(rule, context.actor, namespace);
    const content = await this.catalog.content(namespace.id);
    if (!content) throw new NamespaceNotFound(name);
    return { namespace, content };
  }

  /** Makes sure that the types are known before a namespace is associated with them. */
  async addResourceTypes(context: CommandContext, names: readonly string[], areProtected = false): Promise<void> {
    const known = new Set((await this.catalog.resourceTypes()).map(({ name }) => name));
    const missing = names.filter((name) => !known.has(name));
    if (missing.length > 0) await this.bus.execute(new AddResourceTypes(context, missing, areProtected));
  }

  async dispatch(command: NamespaceCommand): Promise<MetadefsState> {
    return (await this.bus.execute(command)).state;
  }
}

function complete(draft: NamespaceDraft, { actor }: CommandContext): NamespaceAttributes {
  const { owner = actor.project, ...given } = draft;
  return { displayName: null, description: null, visibility: 'private', protected: false, ...given, owner };
}

function created(id: string, state: MetadefsState): Namespace {
  const namespace = namespaceOf(id, state);
  if (!namespace) throw new NamespaceNotFound(id);
  return namespace;
}
