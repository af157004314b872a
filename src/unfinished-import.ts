import { ImportUnfinished, type Checkpoints, type EventStore } from '#event-store';

/** Position that the log has at the end of the import that was begun last; below zero while that has not come to its end. */
const IMPORT = 'import-of-the-log';
/** How far the read models are with what was imported. */
export const IMPORT_PROJECTED = 'import-of-the-log.projected';

export const beginImport = (checkpoints: Checkpoints, last: bigint): Promise<void> => checkpoints.write(IMPORT, -last);
export const endImport = (checkpoints: Checkpoints, last: bigint): Promise<void> => checkpoints.write(IMPORT, last);

/** Undefined: none was begun, or it was finished. */
export async function unfinishedImport(checkpoints: Checkpoints): Promise<bigint | undefined> {
  const last = await checkpoints.read(IMPORT);
  return last !== undefined && last < 0n ? -last : undefined;
}

/** A log that is half there must not be written to: it could never be finished. */
export async function refuseUnfinishedImport({ checkpoints, store }: { readonly checkpoints: Checkpoints; readonly store: EventStore }): Promise<void> {
  const last = await unfinishedImport(checkpoints);
  if (last !== undefined) throw new ImportUnfinished(await store.head(), last);
}
