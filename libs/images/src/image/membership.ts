import { newer, older, type Register } from '#event-store';
import type { ImageMembershipDecided, ImageShared, ImageUnshared, MemberStatus } from './image.events.js';

/** A project that an image is shared with, as everybody outside the fold sees it. Times ISO 8601 with ms. */
export interface Member {
  readonly member: string;
  readonly status: MemberStatus;
  readonly canShare: boolean;
  /** When the image was shared with it for the first time. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What is known of one project and an image; a membership that ended stays, with its stamps. */
export interface Membership {
  readonly first?: Register<string>;
  /** null: ended. */
  readonly shared?: Register<{ readonly canShare: boolean; readonly at: string } | null>;
  /** Counts only where it is newer than `shared`. */
  readonly decided?: Register<{ readonly status: MemberStatus; readonly at: string }>;
}

type Memberships = Readonly<Record<string, Membership>>;

export function writeMember(members: Memberships, event: ImageShared | ImageMembershipDecided | ImageUnshared, at: string, stamp: string): Memberships {
  const written: Record<string, Membership> = Object.assign(Object.create(null), members);
  const before = written[event.data.member] ?? {};
  written[event.data.member] = { ...before, ...change(before, event, at, stamp) };
  return written;
}

function change(before: Membership, { type, data }: ImageShared | ImageMembershipDecided | ImageUnshared, at: string, stamp: string): Membership {
  switch (type) {
    case 'ImageShared':
      return {
        first: older(before.first, { value: at, stamp }),
        shared: newer(before.shared, { value: { canShare: data.canShare ?? false, at }, stamp }),
      };
    case 'ImageMembershipDecided':
      return { decided: newer(before.decided, { value: { status: data.status, at }, stamp }) };
    case 'ImageUnshared':
      return { shared: newer(before.shared, { value: null, stamp }) };
  }
}

/** Those it was shared with first come first. */
export function membersOf(members: Memberships): Member[] {
  return Object.entries(members)
    .flatMap(([member, { first, shared, decided }]) => {
      if (!first || !shared?.value) return [];
      const decision = decided && decided.stamp > shared.stamp ? decided.value : undefined;
      const shown: Member = {
        member,
        status: decision?.status ?? 'pending',
        canShare: shared.value.canShare,
        createdAt: first.value,
        updatedAt: decision?.at ?? shared.value.at,
      };
      return [{ stamp: first.stamp, shown }];
    })
    .sort((a, b) => (a.stamp < b.stamp ? -1 : 1))
    .map(({ shown }) => shown);
}
