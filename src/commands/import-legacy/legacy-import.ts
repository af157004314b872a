import type { CommandBus } from '@nestjs/cqrs';
import type { CommandContext } from '#event-store';
import { AdoptImage, imageOf, type Image, type ImageList } from '#images';
import type { AdoptedDefinitions } from '#metadefs';
import type { LegacyFinding } from './finding.js';
import { mapImage, type MappedImage, type MappingTools } from './image-mapping.js';
import { legacyImages, type LegacyImage } from './legacy-images.js';
import { legacyNamespaces, legacyResourceTypes } from './legacy-metadefs.js';
import type { LegacySchema } from './legacy-schema.js';
import { Unkept } from './location-mapping.js';
import { mapNamespace, mapResourceType } from './metadef-mapping.js';
import { NO_RESULT, type ImportResult } from './result.js';
import type { LegacyDatabase } from './source/legacy-database.js';

export interface LegacyImportOptions {
  readonly database: LegacyDatabase;
  readonly schema: LegacySchema;
  readonly tools: MappingTools;
  readonly home: string;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly found: (finding: LegacyFinding) => void;
  /** Of images and namespaces. */
  readonly progress: (done: number) => void;
}

export interface Target {
  readonly bus: CommandBus;
  readonly images: Pick<ImageList, 'findAll'>;
  readonly metadefs: AdoptedDefinitions;
}

/** Images that are written at a time. */
const AT_ONCE = 8;

const CONTEXT: CommandContext = { actor: { user: null, project: null, roles: [], admin: true, service: 'afterimage-import-legacy' }, requestId: null };

/** Takes over what is not here yet, one command for each image and namespace: it may be ended at any instant and run again. */
export class LegacyImport {
  private readonly result: ImportResult = structuredClone(NO_RESULT);
  private done = 0;

  constructor(private readonly target: Target, private readonly options: LegacyImportOptions) {}

  /** Rejects with `LegacyKeyWrong`, and with the signal's reason. */
  async run(): Promise<ImportResult> {
    const { database, schema } = this.options;
    this.result.tasks = schema.tasks;
    for await (const { images, referable } of legacyImages(database, schema)) {
      const mapped = images.flatMap((image) => this.map(image, referable) ?? []);
      const here = new Map((await this.target.images.findAll(mapped.map(({ id }) => id))).map((image) => [image.id.toLowerCase(), image]));
      await inTurns(mapped, (one) => this.image(one, here.get(one.id.toLowerCase())));
    }
    if (schema.metadefs) await this.definitions();
    return this.result;
  }

  private map(image: LegacyImage, referable: ReadonlySet<string>): MappedImage | undefined {
    const { tools, found } = this.options;
    this.result.images.read++;
    try {
      return mapImage(image, referable, tools, found);
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      this.leave(image.row['id'] ?? '', error.message);
      this.step();
      return undefined;
    }
  }

  private async image(mapped: MappedImage, here: Image | undefined): Promise<void> {
    const { dryRun, home, signal } = this.options;
    signal.throwIfAborted();
    const isNew = here === undefined && (dryRun || (await this.adopt(mapped, home)));
    if (isNew) this.count(mapped);
    else if (here) this.met(mapped, here);
    this.step();
  }

  /** False where somebody was faster. */
  private async adopt(mapped: MappedImage, home: string): Promise<boolean> {
    const { state, events } = await this.target.bus.execute(new AdoptImage(CONTEXT, mapped.id, mapped.adopted, home));
    const image = imageOf(mapped.id, state);
    if (events.length === 0 && image) this.met(mapped, image);
    return events.length > 0;
  }

  private count({ adopted }: MappedImage): void {
    const { images } = this.result;
    images.imported++;
    images.byStatus[adopted.status] = (images.byStatus[adopted.status] ?? 0) + 1;
    this.result.locations += adopted.locations.length;
    this.result.members += adopted.members.length;
  }

  /** What was created at the same instant under the same id is the same. */
  private met({ id, adopted }: MappedImage, here: Image): void {
    if (here.createdAt === adopted.createdAt) this.result.images.present++;
    else this.leave(id, `an image of this id is here already, created ${here.createdAt} and not ${adopted.createdAt}: it stays, and the old one is not imported`);
  }

  private leave(what: string, detail: string): void {
    this.result.images.left++;
    this.options.found({ kind: 'left', what, detail });
  }

  private async definitions(): Promise<void> {
    const { database, dryRun, found, signal } = this.options;
    const { metadefs } = this.target;
    for await (const rows of legacyResourceTypes(database)) {
      this.result.resourceTypes += dryRun ? rows.length : await metadefs.addResourceTypes(CONTEXT, rows.map(mapResourceType));
    }
    const { namespaces } = this.result;
    for await (const legacy of legacyNamespaces(database)) {
      signal.throwIfAborted();
      const namespace = mapNamespace(legacy, found);
      namespaces.read++;
      const came = dryRun ? 'adopted' : await metadefs.adopt(CONTEXT, namespace);
      if (came === 'adopted') namespaces.imported++;
      if (came === 'there') namespaces.present++;
      if (came === 'kept') {
        namespaces.kept++;
        found({ kind: 'definition', what: namespace.attributes.name, detail: 'a namespace of this name was made, changed or deleted here and stays as it is' });
      }
      this.step();
    }
  }

  private step(): void {
    this.options.progress(++this.done);
  }
}

/** When one fails no other begins; nothing is under way when it rejects. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of left) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length > 0) throw failures[0];
}
