import { Inject, Injectable } from '@nestjs/common';
import { CLAIMS, StreamReader, type Claims } from '#event-store';
import { NamespaceExists } from './metadefs/metadefs.errors.js';
import type { MetadefsState } from './metadefs/metadefs.state.js';
import { METADEFS_STREAMS, namespaceOf, streamOf } from './metadefs/namespace.js';
import { METADEF_CATALOG } from './metadefs.options.js';
import type { MetadefCatalog } from './read-model/catalog.js';

const GIVING = 'metadef-namespace-giving';
const NAME = 'metadef-namespace';
/** Longer than a command goes on trying; a name whose giver died is free again after it. */
const GIVING_MS = 15_000;

/**
 * Makes the names of namespaces unique within a site. While a name is given, a lease keeps others from it; afterwards the
 * claim says which stream has it. A claim whose stream has no live namespace of that name was left by a crash, or by a
 * deletion, and gives way.
 */
@Injectable()
export class NamespaceNames {
  constructor(
    @Inject(CLAIMS) private readonly claims: Claims,
    @Inject(METADEF_CATALOG) private readonly catalog: MetadefCatalog,
    private readonly reader: StreamReader,
  ) {}

  /** Runs `give`, which gives the name to the namespace; throws `NamespaceExists` where another has it, or is given it now. */
  async hold<T>(name: string, namespaceId: string, give: () => Promise<T>): Promise<T> {
    const stream = streamOf(namespaceId);
    const lease = await this.claims.acquire(GIVING, name, stream, GIVING_MS);
    if (!lease) throw new NamespaceExists(name);
    try {
      await this.take(name, stream);
      return await give();
    } finally {
      await this.claims.release(lease);
    }
  }

  async free(name: string, namespaceId: string): Promise<void> {
    await this.claims.unname(NAME, name, streamOf(namespaceId));
  }

  private async take(name: string, stream: string): Promise<void> {
    // Namespaces of other sites have no claim here.
    const shown = await this.catalog.find(name);
    if (shown && streamOf(shown.id) !== stream) throw new NamespaceExists(name);
    if (await this.claims.name(NAME, name, stream)) return;
    const holder = await this.claims.named(NAME, name);
    if (holder !== undefined) {
      if (await this.has(holder, name)) throw new NamespaceExists(name);
      await this.claims.unname(NAME, name, holder);
    }
    if (!(await this.claims.name(NAME, name, stream))) throw new NamespaceExists(name);
  }

  private async has(stream: string, name: string): Promise<boolean> {
    const { state } = await this.reader.load<MetadefsState>(stream);
    return namespaceOf(stream.slice(METADEFS_STREAMS.length), state)?.name === name;
  }
}
