import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext } from '#event-store';
import { parseMetadefFile, type MetadefFile } from './metadef-file.js';
import { ChangeNamespace, DeleteNamespace } from './metadefs/change-namespace.js';
import { CreateNamespace } from './metadefs/create-namespace.js';
import { Define } from './metadefs/define.js';
import type { NamespaceAttributes } from './metadefs/metadefs.events.js';
import { keyOf } from './metadefs/metadefs.state.js';
import type { Namespace, NamespaceContent } from './metadefs/namespace.js';
import { METADEF_CATALOG } from './metadefs.options.js';
import { MetadefsService } from './metadefs.service.js';
import { NamespaceNames } from './namespace-names.js';
import type { MetadefCatalog } from './read-model/catalog.js';
import { fileNameOf, writeMetadefFile } from './write-metadef-file.js';

/** What becomes of a namespace that is there already. */
export type MergeMode = 'skip' | 'prefer-old' | 'prefer-new' | 'overwrite';

const PAGE = 200;
const NOTHING: NamespaceContent = { properties: [], objects: [], tags: [] };

/** Namespaces out of files and into them, as an operator's tool does it: nobody's rights are asked. */
@Injectable()
export class MetadefFiles {
  private readonly log = new Logger('Metadefs');

  constructor(
    private readonly namespaces: MetadefsService,
    private readonly names: NamespaceNames,
    @Inject(METADEF_CATALOG) private readonly catalog: MetadefCatalog,
  ) {}

  /** Answers how many namespaces were made or changed. A file that cannot be used is told and left out. */
  async load(context: CommandContext, path: string, mode: MergeMode): Promise<number> {
    let loaded = 0;
    for (const file of await this.filesIn(path)) {
      try {
        if (await this.loadOne(context, parseMetadefFile(await readFile(file, 'utf8')), mode)) loaded += 1;
      } catch (error) {
        this.log.error(`${file} is left out: ${textOf(error)}`);
      }
    }
    return loaded;
  }

  /** Deletes every namespace, protected ones too. Resource types stay known. */
  async unload(context: CommandContext): Promise<number> {
    const all = await this.all();
    for (const namespace of all) await this.remove(context, namespace);
    return all.length;
  }

  /** Writes each namespace into a file of its own; answers their paths. */
  async export(folder: string): Promise<readonly string[]> {
    const files: string[] = [];
    for (const namespace of await this.all()) {
      const name = fileNameOf(namespace);
      let file = join(folder, `${name}.json`);
      for (let nth = 2; files.includes(file); nth++) file = join(folder, `${name}${nth}.json`);
      await writeFile(file, writeMetadefFile(namespace, (await this.catalog.content(namespace.id)) ?? NOTHING));
      files.push(file);
    }
    return files;
  }

  private async filesIn(path: string): Promise<readonly string[]> {
    try {
      if ((await stat(path)).isFile()) return [path];
      const names = (await readdir(path)).filter((name) => name.endsWith('.json')).toSorted();
      if (names.length === 0) this.log.error(`there are no files of metadata definitions (*.json) in ${path}`);
      return names.map((name) => join(path, name));
    } catch (error) {
      this.log.error(`nothing was loaded: ${textOf(error)}`);
      return [];
    }
  }

  /** Answers whether it changed anything. */
  private async loadOne(context: CommandContext, file: MetadefFile, mode: MergeMode): Promise<boolean> {
    const found = await this.catalog.find(file.attributes.name);
    if (found && mode === 'skip') {
      this.log.log(`namespace ${found.name} is there already: it is left as it is`);
      return false;
    }
    const types = file.definitions.flatMap(({ kind, name }) => (kind === 'association' ? [name] : []));
    await this.namespaces.addResourceTypes(context, types, true);
    if (found && mode !== 'overwrite') return this.merge(context, found, file, mode === 'prefer-new');
    if (found) await this.remove(context, found);
    const id = randomUUID();
    await this.names.hold(file.attributes.name, id, () => this.namespaces.dispatch(new CreateNamespace(context, id, file.attributes, file.definitions)));
    return true;
  }

  private async merge(context: CommandContext, { id, associations, name }: Namespace, { attributes, definitions }: MetadefFile, preferNew: boolean): Promise<boolean> {
    const content = (await this.catalog.content(id)) ?? NOTHING;
    const known = { association: associations, property: content.properties, object: content.objects, tag: content.tags };
    if (preferNew) await this.namespaces.dispatch(new ChangeNamespace(context, id, { ...attributes, name }));
    for (const definition of definitions) {
      const old = known[definition.kind].find((one) => keyOf(definition.kind, one.name) === keyOf(definition.kind, definition.name));
      if (!old || preferNew) await this.namespaces.dispatch(new Define(context, id, definition, old?.name));
    }
    return true;
  }

  private async remove(context: CommandContext, namespace: Namespace): Promise<void> {
    const { id, name, displayName, description, visibility, owner } = namespace;
    const unprotected: NamespaceAttributes = { name, displayName, description, visibility, owner, protected: false };
    if (namespace.protected) await this.namespaces.dispatch(new ChangeNamespace(context, id, unprotected));
    await this.namespaces.dispatch(new DeleteNamespace(context, id));
    await this.names.free(name, id);
  }

  private async all(): Promise<readonly Namespace[]> {
    const all: Namespace[] = [];
    for (;;) {
      const page = await this.catalog.list({ viewer: { admin: true, project: null }, sort: { key: 'id', direction: 'asc' }, limit: PAGE, marker: all.at(-1)?.id });
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
