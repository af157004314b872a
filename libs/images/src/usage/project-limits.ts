import { ProjectOverLimit } from '../image/image.errors.js';
import type { Excess, Limits, OwnerLimits, UsageReport } from './limits.js';
import type { Limited, OwnerUsage } from './usage.js';

/** The limits of projects by the names they are registered under; −1: unlimited. One that is not registered is 0. */
export interface UnifiedLimits {
  of(project: string | null, resources: readonly string[]): Promise<ReadonlyMap<string, bigint>>;
}

const MIB = 1024n * 1024n;

interface Resource {
  readonly name: string;
  /** How many of what is counted make one of its units. */
  readonly unit: bigint;
  readonly used: (usage: OwnerUsage) => bigint;
}

const COUNT_TOTAL: Resource = { name: 'image_count_total', unit: 1n, used: ({ images }) => images };
const COUNT_UPLOADING: Resource = { name: 'image_count_uploading', unit: 1n, used: ({ uploading }) => uploading };
const SIZE_TOTAL: Resource = { name: 'image_size_total', unit: MIB, used: ({ live }) => live };
const STAGE_TOTAL: Resource = { name: 'image_stage_total', unit: MIB, used: ({ staged }) => staged };

/** Those that Glance registers in Keystone. */
const RESOURCES = [SIZE_TOTAL, STAGE_TOTAL, COUNT_TOTAL, COUNT_UPLOADING];
const RESOURCE_OF: Readonly<Record<Limited, Resource>> = { bytes: SIZE_TOTAL, images: COUNT_TOTAL, uploading: COUNT_UPLOADING };
const LIMITED = Object.keys(RESOURCE_OF) as Limited[];

/** Keystone's unified limits (`use_keystone_limits`, images-v2 §8), read anew for each change. */
export class ProjectLimits implements Limits {
  readonly of = LIMITED;

  constructor(
    private readonly limits: UnifiedLimits,
    /** Glance's own way: one upload may pass the limit of bytes. */
    readonly lenientOnBytes: boolean,
  ) {}

  async forOwner(owner: string): Promise<OwnerLimits> {
    const found = await this.limits.of(owner, LIMITED.map((what) => RESOURCE_OF[what].name));
    return Object.fromEntries(LIMITED.flatMap((what) => {
      const { name, unit } = RESOURCE_OF[what];
      const limit = found.get(name) ?? 0n;
      return limit < 0n ? [] : [[what, limit * unit]];
    }));
  }

  async stage(owner: string): Promise<bigint | undefined> {
    const { name, unit } = STAGE_TOTAL;
    const limit = (await this.limits.of(owner, [name])).get(name) ?? 0n;
    return limit < 0n ? undefined : limit * unit;
  }

  refusal({ owner, what, limit, taken, asked }: Excess): Error {
    const { name, unit } = what === 'staged' ? STAGE_TOTAL : RESOURCE_OF[what];
    return new ProjectOverLimit(owner, name, limit / unit, taken / unit, asked / unit);
  }

  async report(project: string | null, usage: OwnerUsage): Promise<UsageReport> {
    const found = await this.limits.of(project, RESOURCES.map(({ name }) => name));
    return Object.fromEntries(RESOURCES.map(({ name, unit, used }) => [name, { usage: Number(used(usage) / unit), limit: Number(found.get(name) ?? 0n) }]));
  }
}
