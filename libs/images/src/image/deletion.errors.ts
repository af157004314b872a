/** Only a deletion that waits for a scrubber can be taken back. */
export class NotPendingDelete extends Error {
  readonly code = 'NotPendingDelete';
  constructor(readonly imageId: string, readonly status: string) {
    super(`Image ${imageId} is ${status}, not pending_delete: there is nothing to restore.`);
  }
}

/** Data may be going at this moment. */
export class ScrubberRunning extends Error {
  readonly code = 'ScrubberRunning';
  constructor() {
    super('A scrubber is running, on this host or another: wait until it is done, or stop it.');
  }
}

/** A scrubber took some of the data: the image cannot come back whole. */
export class ScrubbedAlready extends Error {
  readonly code = 'ScrubbedAlready';
  constructor(readonly imageId: string) {
    super(`Data of image ${imageId} has been scrubbed already; it cannot be restored.`);
  }
}

export type DeletionError = NotPendingDelete | ScrubbedAlready | ScrubberRunning;
