import { Injectable } from '@nestjs/common';
import type { PolicyRule } from '#access';
import type { CommandContext } from '#event-store';
import { Define, type NewDefinition } from './metadefs/define.js';
import { DefineTags } from './metadefs/define-tags.js';
import { DefinitionNotFound, PrefixMissing } from './metadefs/metadefs.errors.js';
import { keyOf, type Kind, type MetadefsState } from './metadefs/metadefs.state.js';
import { find, view, type DefinitionView, type Namespace, type NamespaceContent, type Property } from './metadefs/namespace.js';
import { Remove, RemoveAll } from './metadefs/remove.js';
import { MetadefsService } from './metadefs.service.js';
import { NamespaceAccess } from './namespace-access.js';

interface Rules {
  readonly list: PolicyRule;
  readonly get: PolicyRule;
  readonly add: PolicyRule;
  readonly modify: PolicyRule;
  readonly remove: PolicyRule;
  readonly removeAll: readonly PolicyRule[];
}

/** Emptying a namespace is asked for as its deletion is. */
const RULES: Readonly<Record<Kind, Rules>> = {
  property: {
    list: 'get_metadef_properties', get: 'get_metadef_property', add: 'add_metadef_property', modify: 'modify_metadef_property',
    remove: 'remove_metadef_property', removeAll: ['delete_metadef_namespace'],
  },
  object: {
    list: 'get_metadef_objects', get: 'get_metadef_object', add: 'add_metadef_object', modify: 'modify_metadef_object',
    remove: 'delete_metadef_object', removeAll: ['delete_metadef_namespace'],
  },
  tag: {
    list: 'get_metadef_tags', get: 'get_metadef_tag', add: 'add_metadef_tag', modify: 'modify_metadef_tag',
    remove: 'delete_metadef_tag', removeAll: ['delete_metadef_namespace', 'delete_metadef_tags'],
  },
  association: {
    list: 'list_metadef_resource_types', get: 'get_metadef_resource_type', add: 'add_metadef_resource_type_association',
    modify: 'add_metadef_resource_type_association', remove: 'remove_metadef_resource_type_association', removeAll: ['delete_metadef_namespace'],
  },
};

/** What stands in a namespace: authorises once, dispatches, reads. */
@Injectable()
export class DefinitionsService {
  constructor(private readonly namespaces: MetadefsService, private readonly access: NamespaceAccess) {}

  async list<K extends Kind>(context: CommandContext, namespace: string, kind: K): Promise<readonly DefinitionView<K>[]> {
    const found = await this.namespaces.read(context, namespace, RULES[kind].list);
    const filtered = kind === 'object' || kind === 'association';
    return filtered && !this.access.may(RULES[kind].get, context.actor, found.namespace) ? [] : all(found, kind);
  }

  async show<K extends Kind>(context: CommandContext, namespace: string, kind: K, name: string): Promise<DefinitionView<K>> {
    return one(await this.namespaces.read(context, namespace, RULES[kind].get), kind, name);
  }

  /** With a resource type the name carries the prefix of its association. */
  async showProperty(context: CommandContext, namespace: string, name: string, resourceType: string | undefined): Promise<Property> {
    if (!resourceType) return this.show(context, namespace, 'property', name);
    const found = await this.namespaces.read(context, namespace, RULES.property.get, RULES.association.get);
    const { prefix } = one(found, 'association', resourceType);
    if (!prefix || !name.startsWith(prefix)) throw new PrefixMissing(name, prefix);
    return one(found, 'property', name.slice(prefix.length));
  }

  async add<D extends NewDefinition>(context: CommandContext, namespace: string, definition: D): Promise<DefinitionView<D['kind']>> {
    const { kind, name } = definition;
    const { id } = await this.allowed(context, namespace, RULES[kind].add);
    if (kind === 'association') await this.namespaces.addResourceTypes(context, [name]);
    return defined<D['kind']>(definition, await this.namespaces.dispatch(new Define(context, id, definition)));
  }

  /** Puts the definition, which may have another name, in the place of the one named. */
  async replace<D extends NewDefinition>(context: CommandContext, namespace: string, name: string, definition: D): Promise<DefinitionView<D['kind']>> {
    const { id } = await this.allowed(context, namespace, RULES[definition.kind].modify);
    return defined<D['kind']>(definition, await this.namespaces.dispatch(new Define(context, id, definition, name)));
  }

  async remove(context: CommandContext, namespace: string, kind: Kind, name: string): Promise<void> {
    const { id } = await this.allowed(context, namespace, RULES[kind].remove);
    await this.namespaces.dispatch(new Remove(context, id, kind, name));
  }

  async removeAll(context: CommandContext, namespace: string, kind: Kind): Promise<void> {
    const { id } = await this.allowed(context, namespace, ...RULES[kind].removeAll);
    await this.namespaces.dispatch(new RemoveAll(context, id, kind));
  }

  async defineTags(context: CommandContext, namespace: string, names: readonly string[], append: boolean): Promise<void> {
    const { id } = await this.allowed(context, namespace, 'add_metadef_tags');
    await this.namespaces.dispatch(new DefineTags(context, id, names, append));
  }

  private async allowed(context: CommandContext, name: string, ...rules: readonly PolicyRule[]): Promise<Namespace> {
    const namespace = await this.namespaces.find(context, name);
    for (const rule of rules) this.access.require(rule, context.actor, namespace);
    return namespace;
  }
}

function defined<K extends Kind>({ kind, name }: { readonly kind: K; readonly name: string }, state: MetadefsState): DefinitionView<K> {
  const definition = find(state, kind, name);
  if (!definition) throw new TypeError(`the ${kind} ${name} was defined and is not there`);
  return view(definition);
}

interface Whole {
  readonly namespace: Namespace;
  readonly content: NamespaceContent;
}

function all<K extends Kind>({ namespace, content }: Whole, kind: K): readonly DefinitionView<K>[] {
  const views: { readonly [L in Kind]: readonly DefinitionView<L>[] } = {
    property: content.properties, object: content.objects, tag: content.tags, association: namespace.associations,
  };
  return views[kind];
}

function one<K extends Kind>(whole: Whole, kind: K, name: string): DefinitionView<K> {
  const found = all(whole, kind).find((definition) => keyOf(kind, definition.name) === keyOf(kind, name));
  if (!found) throw new DefinitionNotFound(kind, name, whole.namespace.name);
  return found;
}
