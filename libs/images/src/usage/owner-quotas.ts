import type { Admission, Hold, RecordedEvent, StateChange } from '#event-store';
import { ImageCountExceeded, StorageQuotaExceeded } from '../image/image.errors.js';
import type { ImageDataStored } from '../image/image.events.js';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS } from '../read-model/image-list.projection.js';
import { UploadRoom } from './upload-room.js';
import { usageChanges } from './usage.projection.js';
import type { Answer, Asked, Limited, Usage } from './usage.js';

/** Most that all images of one owner may use; absent: no limit. */
export type OwnerLimits = { readonly [what in Limited]?: bigint };

/** A change is appended, or given up, long before. */
const CHANGE_MS = 60_000;
/** Outlasts the lease of an upload, and so what a dead process left of it: the recovery comes first. */
const UPLOAD_MS = 300_000;

const UNLIMITED: Answer = { amount: undefined, room: 0n };

/**
 * Holds what owners may use to its limits: every change of an image is asked for what it would add, whichever way it
 * came, and what it needs is reserved until the append has booked it. It is the image's owner that counts, whoever acts.
 */
export class OwnerQuotas implements Admission<ImageState> {
  readonly streamPrefix = IMAGE_STREAMS;

  constructor(
    private readonly usage: Usage,
    private readonly limits: OwnerLimits,
  ) {}

  /** Rejects with `StorageQuotaExceeded` or `ImageCountExceeded`. */
  async admit(change: StateChange<ImageState>): Promise<Hold | undefined> {
    const needs = usageChanges(change).flatMap((one) =>
      (['images', 'bytes'] as const).filter((what) => one[what] > 0n && this.limits[what] !== undefined).map((what) => ({ owner: one.owner, what, least: one[what] })));
    if (needs.length === 0) return undefined;
    const uploadId = uploadOf(change.events);
    const holder = uploadId ?? change.events[0]?.meta.id ?? change.stream;
    // An upload's reservation stands for bytes on a store: it ends when they are booked or gone.
    const release = async () => (uploadId === undefined ? this.release(holder) : undefined);
    for (const need of needs) {
      try {
        await this.reserve({ ...need, holder }, uploadId === undefined ? CHANGE_MS : UPLOAD_MS);
      } catch (error) {
        await release();
        throw error;
      }
    }
    return { holder, release };
  }

  /**
   * Room for an upload's bytes, before the first is read: all of it where the client said how much comes, else step by step.
   * Rejects with `StorageQuotaExceeded`.
   */
  async roomFor(owner: string | null, uploadId: string, size: number | undefined): Promise<UploadRoom> {
    if (owner === null || this.limits.bytes === undefined) return new UploadRoom(undefined);
    const take = async (least: bigint, most: bigint) =>
      (await this.reserve({ owner, what: 'bytes', holder: uploadId, least, most }, UPLOAD_MS)).amount ?? 0n;
    const room = new UploadRoom({ take, renew: () => this.renew(uploadId) });
    await room.open(size);
    return room;
  }

  /** What the holder reserved is neither booked nor needed. */
  async release(holder: string): Promise<void> {
    // Where it cannot be ended now it expires.
    if (this.limited) await this.usage.release(holder).catch(() => undefined);
  }

  async renew(uploadId: string): Promise<void> {
    if (this.limited) await this.usage.renew(uploadId, UPLOAD_MS);
  }

  /** False: nothing is limited and nothing need be asked. */
  get limited(): boolean {
    return Object.values(this.limits).some((limit) => limit !== undefined);
  }

  private async reserve(asked: Asked, ttlMs: number): Promise<Answer> {
    const limit = this.limits[asked.what];
    if (limit === undefined) return UNLIMITED;
    const answer = await this.usage.reserve(asked, limit, ttlMs);
    if (answer.amount !== undefined) return answer;
    throw asked.what === 'bytes' ? new StorageQuotaExceeded(asked.least, answer.room) : new ImageCountExceeded(limit);
  }
}

const uploadOf = (events: readonly RecordedEvent[]): string | undefined =>
  events.find((event): event is RecordedEvent<ImageDataStored> => event.type === 'ImageDataStored')?.data.uploadId;
