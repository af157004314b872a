import { READ_MODEL, type Checkpoints, type EventStore, type ProjectionTarget } from '#event-store';

/** The read models of a database were written from other events than those of the settings. */
export class OtherEvents extends Error {
  readonly code = 'OtherEvents';
  constructor(why: string, advice = 'Check [event_store] url and [read_model] url (or [database] connection). In an empty database the read models are made from the events that [event_store] names') {
    super(`${why}. ${advice}`);
  }
}

/** Noted beside events whose read models are a module's: those of the database know nothing of them. */
export const OF_A_MODULE = 'read-model-of-a-module';

/** What the read models say of where they come from. */
interface Origin {
  readonly checkpoints: Checkpoints;
  readonly store: EventStore;
  /** Where the read models follow the log. */
  readonly target?: ProjectionTarget<unknown>;
  /** They are not this database's own. */
  readonly module: boolean;
  /** Whether anything was ever appended to this database. */
  ownEvents(): Promise<boolean>;
}

/** Throws `OtherEvents` where what is read would not be what happened. */
export async function assertSameEvents({ checkpoints, store, target, module, ownEvents }: Origin): Promise<void> {
  if (!target) return assertWrittenWithAppends(checkpoints);
  const followed = await target.checkpoint(READ_MODEL);
  if (module) await checkpoints.write(OF_A_MODULE, 1n);
  else if (followed === undefined && (await ownEvents())) throw new OtherEvents('the read models of this database belong to events that are in this database too');
  const head = followed === undefined ? 0n : await store.head();
  if (followed !== undefined && followed > head) throw new OtherEvents(`the read models have seen events up to ${followed}, and the log ends at ${head}: it is another log, or an older state of it`);
}

async function assertWrittenWithAppends(checkpoints: Checkpoints): Promise<void> {
  if ((await checkpoints.read(READ_MODEL)) !== undefined) throw new OtherEvents('the read models of this database follow events that are kept elsewhere');
  if ((await checkpoints.read(OF_A_MODULE)) === undefined) return;
  throw new OtherEvents('events were written while data_api named a module, and the read models of this database do not know them', "Run 'afterimage projections rebuild', or set data_api again");
}
