import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { v5 as uuidv5 } from 'uuid';
import { CLAIMS, type Claims, type CommandContext } from '#event-store';
import { parseMetadefFile, type MetadefFile } from './metadef-file.js';
import { CreateNamespace } from './metadefs/create-namespace.js';
import { NamespaceExists } from './metadefs/metadefs.errors.js';
import { METADEF_CATALOG } from './metadefs.options.js';
import { MetadefsService } from './metadefs.service.js';
import { NamespaceNames } from './namespace-names.js';
import type { MetadefCatalog } from './read-model/catalog.js';

/** What comes with the program, whether it runs from source or compiled. */
const FOLDER = fileURLToPath(new URL(import.meta.url.includes('/dist/libs/metadefs/src/') ? '../../../../libs/metadefs/defaults' : '../defaults', import.meta.url));

/** From it and a name comes the id of a default namespace: the same at every start, and on every site. */
const IDS = '2a2d9cf3-3d0e-4c0b-9d0e-1f6f6f0c8f55';
const LOADING = 'metadef-defaults';
/** Far longer than loading takes. */
const LOADING_MS = 60_000;

const CONTEXT: CommandContext = { actor: { user: null, project: null, roles: [], admin: true, service: null }, requestId: null };

/** Loads the namespaces that clients expect to find. What was loaded once, and changed or deleted since, is left alone. */
@Injectable()
export class DefaultDefinitions {
  private readonly log = new Logger(DefaultDefinitions.name);

  constructor(
    private readonly namespaces: MetadefsService,
    private readonly names: NamespaceNames,
    @Inject(CLAIMS) private readonly claims: Claims,
    @Inject(METADEF_CATALOG) private readonly catalog: MetadefCatalog,
  ) {}

  /** Answers how many namespaces are new; none where another process loads at this moment. A bad file is told and left out. */
  async load(folder = FOLDER): Promise<number> {
    const files = await this.read(folder);
    const known = await this.catalog.known(files.map(idOf));
    const missing = files.filter((file) => !known.has(idOf(file)));
    if (missing.length === 0) return 0;
    const lease = await this.claims.acquire(LOADING, '', randomUUID(), LOADING_MS);
    if (!lease) return 0;
    try {
      const types = missing.flatMap(({ definitions }) => definitions.flatMap(({ kind, name }) => (kind === 'association' ? [name] : [])));
      await this.namespaces.addResourceTypes(CONTEXT, types, true);
      const made = await Promise.all(missing.map((file) => this.create(file)));
      return made.filter(Boolean).length;
    } finally {
      await this.claims.release(lease);
    }
  }

  private async create(file: MetadefFile): Promise<boolean> {
    const { attributes, definitions } = file;
    const id = idOf(file);
    try {
      await this.names.hold(attributes.name, id, () => this.namespaces.dispatch(new CreateNamespace(CONTEXT, id, attributes, definitions)));
      return true;
    } catch (error) {
      if (!(error instanceof NamespaceExists)) this.log.warn(`the default namespace ${attributes.name} is left out: ${textOf(error)}`);
      return false;
    }
  }

  private async read(folder: string): Promise<MetadefFile[]> {
    const names = await readdir(folder).catch((error: unknown) => {
      this.log.warn(`no default metadata definitions: ${textOf(error)}`);
      return [];
    });
    const files = await Promise.all(names.filter((name) => name.endsWith('.json')).toSorted().map((name) => this.parsed(join(folder, name))));
    return files.flatMap((file) => file ?? []);
  }

  private async parsed(path: string): Promise<MetadefFile | undefined> {
    try {
      return parseMetadefFile(await readFile(path, 'utf8'));
    } catch (error) {
      this.log.warn(`${path} is left out: ${textOf(error)}`);
      return undefined;
    }
  }
}

/** Of the namespace that is loaded under this name. */
export const defaultId = (name: string): string => uuidv5(name, IDS);

const idOf = ({ attributes }: MetadefFile): string => defaultId(attributes.name);

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
