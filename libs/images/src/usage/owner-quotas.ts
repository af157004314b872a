import type { Admission, Hold, RecordedEvent, StateChange } from '#event-store';
import type { ImageDataStored, ImageLocationAdded } from '../image/image.events.js';
import type { ImageState } from '../image/image.state.js';
import { IMAGE_STREAMS } from '../read-model/image-list.projection.js';
import type { Limits, UsageReport } from './limits.js';
import { UploadRoom } from './upload-room.js';
import { usageChanges } from './usage.projection.js';
import { NO_USAGE, type Asked, type Limited, type Usage } from './usage.js';

/** A change is appended, or given up, long before. */
const CHANGE_MS = 60_000;
/** Outlasts the lease of an upload, and so what a dead process left of it: the recovery comes first. */
const UPLOAD_MS = 300_000;

/**
 * Holds what owners may use to its limits: every change of an image is asked for what it would add, whichever way it
 * came, and what it needs is reserved until the append has booked it. It is the image's owner that counts, whoever acts.
 */
export class OwnerQuotas implements Admission<ImageState> {
  readonly streamPrefix = IMAGE_STREAMS;

  constructor(
    private readonly usage: Usage,
    private readonly limits: Limits,
  ) {}

  /** Rejects with the refusal of the limit that is passed. */
  async admit(change: StateChange<ImageState>): Promise<Hold | undefined> {
    const hard = this.limits.of.filter((what) => what !== 'bytes' || !this.limits.lenientOnBytes);
    const changes = usageChanges(change);
    const needs = changes.flatMap((one) => hard.filter((what) => one[what] > 0n).map((what) => ({ owner: one.owner, what, least: one[what] })));
    const [first] = needs;
    const uploadId = uploadOf(change.events);
    // An upload of no bytes needs none, and had some: it did not say how many would come.
    if (!first) return uploadId === undefined || !this.limited || changes.length === 0 ? undefined : { holder: uploadId, release: async () => undefined };
    // Only one owner can gain by a change.
    const limits = await this.limits.forOwner(first.owner);
    const holder = uploadId ?? change.events[0]?.meta.id ?? change.stream;
    // An upload's reservation stands for bytes on a store: it ends when they are booked or gone.
    const release = async () => (uploadId === undefined ? this.release(holder) : undefined);
    for (const need of needs) {
      try {
        await this.reserve({ ...need, holder }, limits[need.what], uploadId === undefined ? CHANGE_MS : UPLOAD_MS);
      } catch (error) {
        await release();
        throw error;
      }
    }
    return { holder, release };
  }

  holdersOf(events: readonly RecordedEvent[]): readonly string[] {
    return events.flatMap((event) => {
      const uploadId = uploadOf([event]);
      return uploadId === undefined ? [event.meta.id] : [event.meta.id, uploadId];
    });
  }

  /**
   * Room for an upload's bytes, before the first is read: all of it where the client said how much comes, else step by step.
   * Rejects where there is none.
   */
  async roomFor(owner: string | null, uploadId: string, size: number | undefined): Promise<UploadRoom> {
    const limit = owner === null ? undefined : await this.limitOf(owner, 'bytes');
    if (owner === null || limit === undefined) return new UploadRoom(undefined);
    if (this.limits.lenientOnBytes) return this.roomBeyond(owner, limit);
    const take = (least: bigint, most: bigint) => this.reserve({ owner, what: 'bytes', holder: uploadId, least, most }, limit, UPLOAD_MS);
    const room = new UploadRoom({ take, renew: () => this.renew(uploadId) });
    await room.open(size);
    return room;
  }

  /** Rejects where the owner is at its limit of bytes before an import begins. */
  async mayImport(owner: string | null): Promise<void> {
    const limit = owner === null || !this.limits.lenientOnBytes ? undefined : await this.limitOf(owner, 'bytes');
    if (owner !== null && limit !== undefined) await this.roomBeyond(owner, limit);
  }

  /** Rejects where what a project has staged is at its limit already (`image_stage_total`); what comes may pass it, as in Glance. */
  async mayStage(project: string | null): Promise<void> {
    const limit = project === null ? undefined : await this.limits.stage(project);
    if (project === null || limit === undefined) return;
    const { staged } = await this.usage.of(project);
    if (staged > limit) throw this.limits.refusal({ owner: project, what: 'staged', limit, taken: staged, asked: 0n });
  }

  /** What the holder reserved is neither booked nor needed. */
  async release(holder: string): Promise<void> {
    // Where it cannot be ended now it expires.
    if (this.limited) await this.usage.release(holder).catch(() => undefined);
  }

  async renew(uploadId: string): Promise<void> {
    if (this.limited) await this.usage.renew(uploadId, UPLOAD_MS);
  }

  /** What a project uses of its limits, by their names; nothing where Keystone has none of them. */
  async report(project: string | null): Promise<UsageReport> {
    return this.limits.report(project, project === null ? NO_USAGE : await this.usage.of(project));
  }

  /** False: nothing is limited and nothing need be asked. */
  get limited(): boolean {
    return this.limits.of.length > 0;
  }

  private async limitOf(owner: string, what: Limited): Promise<bigint | undefined> {
    return this.limits.of.includes(what) ? (await this.limits.forOwner(owner))[what] : undefined;
  }

  /** All that comes, where the owner is not beyond its limit yet; deleted images no longer count. */
  private async roomBeyond(owner: string, limit: bigint): Promise<UploadRoom> {
    const { live } = await this.usage.of(owner);
    if (live > limit) throw this.limits.refusal({ owner, what: 'bytes', limit, taken: live, asked: 0n });
    return new UploadRoom(undefined);
  }

  /** Answers how much was reserved: all that was asked for where nothing is limited. */
  private async reserve(asked: Asked, limit: bigint | undefined, ttlMs: number): Promise<bigint> {
    const { owner, what, least, most = least } = asked;
    if (limit === undefined) return most;
    const { amount, room } = await this.usage.reserve(asked, limit, ttlMs);
    if (amount === undefined) throw this.limits.refusal({ owner, what, limit, taken: limit - room, asked: least });
    return amount;
  }
}

const uploadOf = (events: readonly RecordedEvent[]): string | undefined =>
  events.find((event): event is RecordedEvent<ImageDataStored | ImageLocationAdded> => event.type === 'ImageDataStored' || event.type === 'ImageLocationAdded')?.data.uploadId;
