import type { InlineProjection, ProjectionTarget } from '#event-store';
import type { ImageList, TaskParts, Usage } from '#images';
import type { MetadefCatalog } from '#metadefs';

/** The read models of one engine, what writes them, and where: everything that is answered without the log. */
export interface ReadModelDriver<Write = unknown> {
  /** For messages. */
  readonly name: string;
  readonly images: ImageList;
  readonly usage: Usage;
  readonly metadefs: MetadefCatalog;
  readonly tasks: Pick<TaskParts, 'list' | 'progress'>;
  /** Make of each change what this engine writes. */
  readonly projections: readonly InlineProjection<unknown, Write>[];
  /** Makes the writes and moves the checkpoint, in one transaction: the read models follow the log by it. */
  readonly target: ProjectionTarget<Write>;
  close(): Promise<void>;
}

export interface ReadModelOptions {
  /** `[read_model] url`, as it was given. */
  readonly url?: string;
  /** `state_dir`: where a driver that needs files of its own makes them. */
  readonly stateDir: string;
}

/** What a module that `data_api` names exports as `driver`. */
export interface ReadModelModule {
  /** Whether several processes can have it open at once; false: `workers` must be 0. */
  readonly shared: boolean;
  /** Makes what is missing; rejects with what to do about it. `drivers` is all that `afterimage/drivers` exports: a module anywhere need not import it. */
  open(options: ReadModelOptions, drivers: typeof import('./index.js')): Promise<ReadModelDriver>;
}
