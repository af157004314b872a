/** Every error of a store names the store; none carries a URL with credentials. */
abstract class StoreFailure extends Error {
  abstract readonly code: string;
  constructor(readonly store: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

export class DataNotFound extends StoreFailure { readonly code = 'DataNotFound'; }
export class DataExists extends StoreFailure { readonly code = 'DataExists'; }
export class BadLocation extends StoreFailure { readonly code = 'BadLocation'; }
export class StoreFull extends StoreFailure { readonly code = 'StoreFull'; }
export class StoreReadOnly extends StoreFailure { readonly code = 'StoreReadOnly'; }
export class StoreUnavailable extends StoreFailure { readonly code = 'StoreUnavailable'; }
export class DataInUse extends StoreFailure { readonly code = 'DataInUse'; }

export class DataTooLarge extends StoreFailure {
  readonly code = 'ImageTooLarge';
  constructor(store: string, readonly maxSize: number) {
    super(store, `The data is larger than the ${maxSize} bytes allowed.`);
  }
}

export class SizeMismatch extends StoreFailure {
  readonly code = 'SizeMismatch';
  /** `actual` counts the bytes seen: where there are too many, the rest was not waited for. */
  constructor(store: string, readonly expected: number, readonly actual: number) {
    super(store, actual > expected
      ? `The data has more than the ${expected} bytes that were announced.`
      : `The data has ${actual} bytes, not the ${expected} that were announced.`);
  }
}

export type StoreError =
  | DataNotFound | DataExists | BadLocation | StoreFull | StoreReadOnly | StoreUnavailable | DataInUse | DataTooLarge | SizeMismatch;
