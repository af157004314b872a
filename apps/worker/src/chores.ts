import { AddOpenWorkChore } from './chores/add-open-work.chore.js';
import { CacheQueueChore } from './chores/cache-queue.chore.js';
import { CleanStagingChore } from './chores/clean-staging.chore.js';
import { KeepSchedulesChore } from './chores/keep-schedules.chore.js';
import { LostImportsChore } from './chores/lost-imports.chore.js';
import { RecoverUploadsChore } from './chores/recover-uploads.chore.js';
import { ScrubChore } from './chores/scrub.chore.js';

/** What each process does every so often: a file in `chores/` and a line here. */
export const CHORES = [RecoverUploadsChore, LostImportsChore, AddOpenWorkChore, KeepSchedulesChore, ScrubChore, CacheQueueChore, CleanStagingChore] as const;
