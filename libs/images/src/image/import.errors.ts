/** Refusals of imports; see `image.errors.ts`. */
abstract class ImportRefusal extends Error {
  abstract readonly code: string;
}

/** What is asked for cannot be an import. */
export class BadImport extends ImportRefusal {
  readonly code = 'BadImport';
}

export class ImportMethodDisabled extends ImportRefusal {
  readonly code = 'ImportMethodDisabled';
  constructor(readonly method: string) {
    super(`'${method}' method is not available at this site.`);
  }
}

/** The image's status does not fit the method. */
export class NotReadyForImport extends ImportRefusal {
  readonly code = 'NotReadyForImport';
  constructor(readonly method: string, readonly status: string) {
    super(`${TEXTS[method] ?? 'The image cannot be imported'}; it is ${status}.`);
  }
}

const TEXTS: Readonly<Record<string, string>> = {
  'glance-direct': "Image needs to be staged before 'glance-direct' method can be used",
  'copy-from': 'Only a queued image can be copied to',
  'copy-image': 'Only images with status active can be targeted for copying',
  'web-download': "Image needs to be in 'queued' state to use 'web-download' method",
  'glance-download': "Image needs to be in 'queued' state to use 'glance-download' method",
};

export class ImportNeedsFormats extends ImportRefusal {
  readonly code = 'ImportNeedsFormats';
  constructor(readonly missing: string) {
    super(`'${missing}' needs to be set before import`);
  }
}

/** Another import of the image has not ended. */
export class ImportUnderWay extends ImportRefusal {
  readonly code = 'ImportUnderWay';
  constructor(readonly imageId: string, readonly taskId: string) {
    super(`New operation on image '${imageId}' is not permitted as prior operation is still in progress: task ${taskId}`);
  }
}

/** Another process writes the image's bytes; the job comes again. */
export class ImportBusy extends ImportRefusal {
  readonly code = 'ImportBusy';
  constructor(readonly imageId: string) {
    super(`Another process has the image ${imageId} in hand.`);
  }
}

export class StagedDataGone extends ImportRefusal {
  readonly code = 'StagedDataGone';
  constructor(node?: string) {
    super(`The staged data is not here any more${node === undefined ? '' : ` (it was staged on ${node})`}; stage it again.`);
  }
}

/** What was read is not what the image's hash says. */
export class CopyDiffers extends ImportRefusal {
  readonly code = 'CopyDiffers';
  constructor(readonly imageId: string, readonly store: string) {
    super(`The data that was read for the copy in store ${store} does not have the hash of image ${imageId}.`);
  }
}

export type ImportError = BadImport | ImportMethodDisabled | NotReadyForImport | ImportNeedsFormats | ImportUnderWay
  | ImportBusy | StagedDataGone | CopyDiffers;
