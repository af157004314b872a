import { ImageCountExceeded, StorageQuotaExceeded } from '../image/image.errors.js';
import type { Limited, OwnerUsage } from './usage.js';

/** Most that all images of one owner may use; absent: no limit. */
export type OwnerLimits = { readonly [what in Limited]?: bigint };

/** What does not fit, in the unit that it is counted in. */
export interface Excess {
  readonly owner: string;
  readonly what: Limited | 'staged';
  readonly limit: bigint;
  /** Used and reserved by others. */
  readonly taken: bigint;
  readonly asked: bigint;
}

/** By the names that limits are registered under, in their units. */
export type UsageReport = Readonly<Record<string, { readonly usage: number; readonly limit: number }>>;

/** Where the limits of owners come from. */
export interface Limits {
  /** What may have a limit at all; the rest is never asked for. */
  readonly of: readonly Limited[];
  /** Whether an upload may pass the limit of bytes, as long as the owner was not beyond it before. */
  readonly lenientOnBytes: boolean;
  forOwner(owner: string): Promise<OwnerLimits>;
  /** Most that may be staged; undefined: no limit. */
  stage(owner: string): Promise<bigint | undefined>;
  refusal(excess: Excess): Error;
  report(project: string | null, usage: OwnerUsage): Promise<UsageReport>;
}

/** The same for every owner: `user_storage_quota` and `image_count_quota`. Hard. */
export class FixedLimits implements Limits {
  readonly of: readonly Limited[];
  readonly lenientOnBytes = false;

  constructor(private readonly limits: OwnerLimits) {
    this.of = (['images', 'bytes', 'uploading'] as const).filter((what) => limits[what] !== undefined);
  }

  async forOwner(): Promise<OwnerLimits> {
    return this.limits;
  }

  async stage(): Promise<undefined> {
    return undefined;
  }

  refusal({ what, limit, taken, asked }: Excess): Error {
    return what === 'bytes' ? new StorageQuotaExceeded(asked, limit - taken) : new ImageCountExceeded(limit);
  }

  async report(): Promise<UsageReport> {
    return {};
  }
}
