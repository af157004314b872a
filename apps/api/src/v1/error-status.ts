import { ERROR_STATUS as OF_V2, type ErrorCode } from '../v2/error-status.js';

/** What each refusal is in the Images API v1: most are what they are in version 2. */
export const ERROR_STATUS: Readonly<Record<ErrorCode, number>> = {
  ...OF_V2,
  NotAcceptableMediaType: 400,
  FormatMismatch: 400,
  UnsafeImage: 400,
  ImageGoneDuringUpload: 412,
  DataNotFound: 404,
  NotReadyForImport: 400,
  ImportNeedsFormats: 400,
  NotReadyForLocations: 400,
};
