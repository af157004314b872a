import { DeleteKeyWhenImageGone } from './reactors/delete-key-when-image-gone.reactor.js';
import { HashLocationWhenAdded } from './reactors/hash-location-when-added.reactor.js';
import { DeleteDataWhenGivenUp } from './reactors/delete-data-when-given-up.reactor.js';
import { ImportImageWhenRequested } from './reactors/import-image-when-requested.reactor.js';
import { RunTaskWhenRequested } from './reactors/run-task-when-requested.reactor.js';

/** What follows from which event: a file in `reactors/` and a line here. */
export const REACTORS = [DeleteDataWhenGivenUp, HashLocationWhenAdded, ImportImageWhenRequested, RunTaskWhenRequested, DeleteKeyWhenImageGone] as const;
