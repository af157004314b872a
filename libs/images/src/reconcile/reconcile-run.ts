import type { CommandContext } from '#event-store';
import type { ListedObject, ListedPart } from '#stores';
import type { Image, LocatedData } from '../image/image.js';
import type { ImageList } from '../read-model/image-list.js';
import { FINDING_KINDS, type Finding, type FindingCounts, type Reconciliation } from './finding.js';
import type { LocationCheck } from './location-check.js';
import type { OrphanedData } from './orphaned-data.js';
import { inBatches, isImageId, type Place } from './places.js';
import type { ReconcileOptions } from './reconciler.js';

const BATCH = 200;
/** Places of images that are asked at a time; fewer where each byte is read. */
const ASKED = 16;
const VERIFIED = 2;

/** One run: what it counts, finds and repairs. */
export class ReconcileRun {
  private files = 0;
  private seen = 0;
  private places = 0;
  private repaired = 0;
  private readonly counts: Record<string, number> = {};

  constructor(
    private readonly context: CommandContext,
    private readonly options: ReconcileOptions,
    private readonly orphans: OrphanedData,
    private readonly locations: LocationCheck,
    private readonly images: ImageList,
  ) {}

  get result(): Reconciliation {
    const found = Object.fromEntries(FINDING_KINDS.map((kind) => [kind, this.counts[kind] ?? 0])) as FindingCounts;
    const differences = FINDING_KINDS.filter((kind) => kind !== 'unknown').reduce((sum, kind) => sum + found[kind], 0);
    return { files: this.files, images: this.seen, locations: this.places, found, repaired: this.repaired, left: differences - this.repaired };
  }

  async place(place: Place): Promise<void> {
    try {
      for await (const batch of inBatches(place.holder.list(), BATCH)) await this.objects(place, batch.filter(({ name }) => !place.isForeign(name)));
      for await (const batch of inBatches(place.holder.parts(), BATCH)) await this.parts(place, batch.filter(({ attempt }) => !place.isForeign(attempt.imageId)));
    } catch (error) {
      this.options.signal?.throwIfAborted();
      const detail = error instanceof Error ? error.message : String(error);
      this.tell({ kind: 'unreadable', store: place.id, name: '', image: null, size: null, modifiedAt: null, detail, repaired: false });
    }
  }

  async everyImage(): Promise<void> {
    for (let after = this.options.after; ; ) {
      const page = await this.images.walk(after, BATCH);
      await this.page(page);
      after = page.at(-1)?.id.toLowerCase();
      if (after === undefined || page.length < BATCH) return;
    }
  }

  private async objects(place: Place, objects: readonly ListedObject[]): Promise<void> {
    const ids = objects.map(({ name }) => name).filter(isImageId);
    const images = new Map((await this.images.findAll(ids)).map((image) => [image.id.toLowerCase(), image]));
    for (const object of objects) {
      this.options.signal?.throwIfAborted();
      if (!isImageId(object.name)) this.tell({ ...fileFinding(place, object), kind: 'unknown', image: null, detail: 'not named as an image: left alone' });
      else await this.object(place, object, images.get(object.name.toLowerCase()));
    }
    this.advance(objects.length);
  }

  private async object(place: Place, object: ListedObject, image: Image | undefined): Promise<void> {
    if (!(await this.orphans.isOrphan(place, object, image))) return;
    const detail = image ? `no place of the image, which is ${image.status}` : 'no image has this id';
    const outcome = await this.removal(place, object, () => this.orphans.remove(place, object));
    this.tell({ ...fileFinding(place, object), kind: 'orphan', ...outcome, detail: joined(detail, outcome.detail) });
  }

  private async parts(place: Place, parts: readonly ListedPart[]): Promise<void> {
    for (const part of parts) {
      this.options.signal?.throwIfAborted();
      if (!isImageId(part.attempt.imageId) || !(await this.orphans.isDeadPart(part))) continue;
      const outcome = await this.removal(place, part, () => this.orphans.removePart(place, part));
      this.tell({ ...fileFinding(place, part), kind: 'part', image: part.attempt.imageId, ...outcome, detail: joined('its upload or import does not run', outcome.detail) });
    }
    this.advance(parts.length);
  }

  private async removal(place: Place, { modifiedAt }: { readonly modifiedAt: Date }, remove: () => Promise<boolean>): Promise<{ readonly repaired: boolean; readonly detail: string }> {
    const { repair } = this.options;
    if (!repair) return { repaired: false, detail: '' };
    if (place.readOnly) return { repaired: false, detail: 'kept: the store takes no changes' };
    if (modifiedAt.getTime() > Date.now() - repair.graceMs) return { repaired: false, detail: 'kept: too young' };
    return attempt(async () => ((await remove()) ? '' : 'kept: in use meanwhile'), 'removed');
  }

  private async page(page: readonly Image[]): Promise<void> {
    const { stores, verify = false } = this.options;
    const waiting = page.flatMap((image) => image.locations.filter(({ store }) => stores === undefined || stores.includes(store)).map((location) => ({ image, location })));
    const next = async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) await this.location(one.image, one.location, verify);
    };
    await Promise.all(Array.from({ length: verify ? VERIFIED : ASKED }, next));
    this.seen += page.length;
    this.advance(0, page.at(-1)?.id);
  }

  private async location(image: Image, location: LocatedData, verify: boolean): Promise<void> {
    const { signal, repair } = this.options;
    signal?.throwIfAborted();
    this.places += 1;
    const amiss = await this.locations.check(image, location, verify, signal);
    if (!amiss) return;
    const repairable = repair && amiss.kind !== 'unreadable';
    const outcome = repairable ? await attempt(() => this.locations.giveUp(this.context, image, location, signal), 'the image gave up the place') : { repaired: false, detail: '' };
    this.tell({ ...amiss, store: location.store, name: location.id, image: image.id, modifiedAt: null, ...outcome, detail: joined(amiss.detail, outcome.detail) });
  }

  private tell(finding: Finding): void {
    this.counts[finding.kind] = (this.counts[finding.kind] ?? 0) + 1;
    if (finding.repaired) this.repaired += 1;
    this.options.found(finding);
  }

  private advance(files: number, last?: string): void {
    this.files += files;
    // Ids are random: how far one is among them says how many are done.
    const share = last === undefined ? 0 : Number.parseInt(last.slice(0, 8), 16) / 2 ** 32;
    this.options.progress?.({ files: this.files, images: this.seen, share, ...(last === undefined ? {} : { last }) });
  }
}

/** `act` answers why not. */
async function attempt(act: () => Promise<string>, done: string): Promise<{ readonly repaired: boolean; readonly detail: string }> {
  try {
    const why = await act();
    return { repaired: why === '', detail: why === '' ? done : why };
  } catch (error) {
    return { repaired: false, detail: `kept: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const joined = (what: string, outcome: string): string => (outcome === '' ? what : `${what}; ${outcome}`);

const fileFinding = (place: Place, { name, size, modifiedAt }: ListedObject | ListedPart) => ({ store: place.id, name, image: name, size, modifiedAt, repaired: false });
