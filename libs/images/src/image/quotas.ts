import { QuotaExceeded } from './image.errors.js';

/** Most that one image may have; −1: no limit. */
export interface ImageQuotas {
  readonly properties: number;
  readonly tags: number;
  readonly locations: number;
  readonly members: number;
}

export function withinQuota(what: keyof ImageQuotas, attempted: number, maximum: number): void {
  if (maximum >= 0 && attempted > maximum) throw new QuotaExceeded(what, attempted, maximum);
}
