import type { KeyManagerError, KeystoneUnavailable } from '#access';
import type { EventStoreError } from '#event-store';
import type { ImageError, MarkerNotFound, SignatureUnusable, TaskError } from '#images';
import type { MetadefsError } from '#metadefs';
import type { SignatureMismatch, StoreError, UnknownStore, UriRefused } from '#stores';
import type { ApiError } from '../http/api.errors.js';

export type ErrorCode = (
  | ApiError | EventStoreError | ImageError | KeyManagerError | KeystoneUnavailable | MarkerNotFound | MetadefsError
  | SignatureMismatch | SignatureUnusable | StoreError | TaskError | UnknownStore | UriRefused
)['code'];

/** What each refusal is in the Images API v2. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
  MalformedBody: 400,
  InvalidValue: 400,
  BodyTooLarge: 413,
  NotAcceptableMediaType: 415,
  RangeNotSatisfiable: 416,
  Unauthenticated: 401,
  RouteNotFound: 404,
  MethodNotAllowed: 405,
  UnknownMethod: 501,
  NotImplemented: 501,
  RequestIdTooLong: 431,
  HeaderLineTooLong: 400,
  UriTooLong: 414,
  TooManyRequests: 429,

  ImageNotFound: 404,
  ImageIdTaken: 409,
  Forbidden: 403,
  ImageProtected: 403,
  AttributeReadOnly: 403,
  PropertyExists: 409,
  PropertyMissing: 409,
  PropertyReserved: 403,
  QuotaExceeded: 413,
  StorageQuotaExceeded: 413,
  ProjectOverLimit: 413,
  ImageCountExceeded: 413,
  NotShared: 403,
  MemberExists: 409,
  MemberNotFound: 404,
  FormatsMissing: 400,
  NotQueuedForFormatChange: 403,
  NotQueuedForUpload: 409,
  ImageGoneDuringUpload: 410,
  FormatMismatch: 415,
  UnsafeImage: 415,
  NotActiveForDeactivation: 403,
  NotReadyForImport: 409,
  ImportUnderWay: 409,
  TaskNotFound: 404,
  NotReadyForLocations: 409,
  InvalidLocation: 400,
  ValidationDataConflict: 409,
  TagMissing: 404,
  StoreNotEnabled: 409,
  OneStoreOnly: 404,
  NotInStore: 404,
  NotPendingDelete: 409,
  ScrubbedAlready: 409,
  ScrubberRunning: 409,
  UnknownStore: 400,
  NoData: 404,
  MarkerNotFound: 400,
  ServiceStopping: 503,

  NamespaceNotFound: 404,
  NamespaceExists: 409,
  NamespaceProtected: 403,
  DefinitionNotFound: 404,
  DefinitionExists: 409,
  PrefixMissing: 404,
  InvalidDefinition: 400,
  TooManyDefinitions: 413,
  MetadefsForbidden: 403,

  ConcurrentChange: 409,
  RevisionConflict: 409,
  StreamBusy: 503,
  UnknownEvent: 503,
  EventCorrupt: 500,
  DatabaseUnavailable: 503,

  DataNotFound: 503,
  DataExists: 409,
  BadLocation: 400,
  StoreFull: 413,
  StoreReadOnly: 410,
  StoreUnavailable: 503,
  DataInUse: 409,
  ImageTooLarge: 413,
  SizeMismatch: 400,
  UriRefused: 400,

  SignatureUnusable: 400,
  SignatureMismatch: 400,
  CertificateRefused: 400,
  KeyManagerNotConfigured: 400,
  KeyManagerUnavailable: 503,
  KeystoneUnavailable: 503,
};
