import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { defaultId } from './default-definitions.js';
import { AdoptNamespace, AdoptResourceTypes, type AdoptedNamespace, type AdoptedResourceType } from './metadefs/adopt-namespace.js';
import { NamespaceExists } from './metadefs/metadefs.errors.js';
import { namespaceOf } from './metadefs/namespace.js';
import { NamespaceNames } from './namespace-names.js';

/** `there`: it was adopted before. `kept`: another of this name is here, made or changed or deleted by somebody, and stays as it is. */
export type Adoption = 'adopted' | 'there' | 'kept';

/** Metadata definitions of another installation, taken over once. */
@Injectable()
export class AdoptedDefinitions {
  constructor(private readonly bus: CommandBus, private readonly names: NamespaceNames) {}

  /** Under the id that the default namespace of the name has: no start of a server loads that beside it. */
  async adopt(context: CommandContext, adopted: AdoptedNamespace): Promise<Adoption> {
    const id = defaultId(adopted.attributes.name);
    try {
      const { state, events } = await this.names.hold(adopted.attributes.name, id, () => this.bus.execute(new AdoptNamespace(context, id, adopted)));
      if (events.length > 0) return 'adopted';
      return wasAdopted(namespaceOf(id, state), adopted) ? 'there' : 'kept';
    } catch (error) {
      if (error instanceof NamespaceExists) return 'kept';
      throw error;
    }
  }

  /** Answers how many are new. */
  async addResourceTypes(context: CommandContext, types: readonly AdoptedResourceType[]): Promise<number> {
    return (await this.bus.execute(new AdoptResourceTypes(context, types))).events.length;
  }
}

/** One that took the place of a default has that one's age, and was changed when the old one was. */
const wasAdopted = (namespace: ReturnType<typeof namespaceOf>, { createdAt, updatedAt }: AdoptedNamespace): boolean =>
  namespace !== undefined && (namespace.createdAt === createdAt || namespace.updatedAt === updatedAt);
