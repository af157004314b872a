import { READ_MODEL, type Checkpoints, type EventStore } from '#event-store';

/** The read models of a database were written from other events than those of the settings. */
export class OtherEvents extends Error {
  readonly code = 'OtherEvents';
  constructor(why: string) {
    super(`${why}. Check [event_store] url and [read_model] url (or [database] connection). In an empty database the read models are made from the events that [event_store] names`);
  }
}

/** What the read models say of where they come from. */
interface ReadModels {
  readonly checkpoints: Checkpoints;
  readonly store: EventStore;
  /** They follow a log that is elsewhere. */
  readonly follows: boolean;
  /** Whether anything was ever written here with an append to this database. */
  ownEvents(): Promise<boolean>;
}

/** Throws `OtherEvents` where what is read would not be what happened. */
export async function assertSameEvents({ checkpoints, store, follows, ownEvents }: ReadModels): Promise<void> {
  const followed = await checkpoints.read(READ_MODEL);
  if (!follows) {
    if (followed !== undefined) throw new OtherEvents('the read models of this database follow events that are kept elsewhere');
    return;
  }
  if (followed === undefined && (await ownEvents())) throw new OtherEvents('the read models of this database belong to events that are in this database too');
  const head = await store.head();
  if (followed !== undefined && followed > head) throw new OtherEvents(`the read models have seen events up to ${followed}, and the log ends at ${head}: it is another log, or an older state of it`);
}
