import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext } from '#event-store';
import { Stores, UnknownStore } from '#stores';
import { IMAGE_LIST } from '../images.options.js';
import type { ImageList } from '../read-model/image-list.js';
import type { Finding, Reconciliation } from './finding.js';
import { LocationCheck } from './location-check.js';
import { OrphanedData } from './orphaned-data.js';
import { placesOf } from './places.js';
import { ReconcileRun } from './reconcile-run.js';

export interface ReconcileOptions {
  /** By default all, and what is staged on this node. */
  readonly stores?: readonly string[];
  /** Reads and hashes every byte. */
  readonly verify?: boolean;
  /** Repairs what is safe; orphans only when they are at least so old. */
  readonly repair?: { readonly graceMs: number };
  /** Images up to this one are left out: where an earlier run ended. */
  readonly after?: string;
  readonly signal?: AbortSignal;
  readonly found: (finding: Finding) => void;
  /** Called now and then; `share` (0 to 1) is how much of the images is done. */
  readonly progress?: (at: { readonly files: number; readonly images: number; readonly share: number; readonly last?: string }) => void;
}

/** Holds what stores have against what images say, in both directions; neither is ever in memory as a whole. */
@Injectable()
export class Reconciler {
  constructor(
    private readonly stores: Stores,
    private readonly orphans: OrphanedData,
    private readonly locations: LocationCheck,
    @Inject(IMAGE_LIST) private readonly images: ImageList,
  ) {}

  /** Rejects with `UnknownStore`, and with the signal's reason. A store that cannot be read is a finding. */
  async run(context: CommandContext, options: ReconcileOptions): Promise<Reconciliation> {
    const known = placesOf(this.stores);
    for (const id of options.stores ?? []) if (!known.some((place) => place.id === id)) throw new UnknownStore(id);
    const run = new ReconcileRun(context, options, this.orphans, this.locations, this.images);
    for (const place of placesOf(this.stores, options.stores)) await run.place(place);
    await run.everyImage();
    return run.result;
  }
}
