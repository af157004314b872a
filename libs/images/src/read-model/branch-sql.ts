import type { Branch } from './branches.js';
import type { Put } from './sql-values.js';

/** One ordered read: of a branch, or of a part of it after the marker. */
export interface Read {
  readonly from: string;
  readonly where: readonly string[];
  /** What tells its images from those of other branches in the table of images. */
  readonly among: readonly string[];
  readonly place: readonly string[];
}

/** `places` are disjoint; none: from the start. */
export function readsOf(branches: readonly Branch[], places: readonly string[], hidden: string, put: Put): Read[] {
  return branches.flatMap((branch) => {
    const read = 'member' in branch ? readOfMember(branch, hidden, put) : readOfImages(branch, hidden, put);
    return places.length === 0 ? [{ ...read, place: [] }] : places.map((place) => ({ ...read, place: [place] }));
  });
}

type Unplaced = Omit<Read, 'place'>;

function readOfImages({ visibility, owner }: Extract<Branch, { visibility: string }>, hidden: string, put: Put): Unplaced {
  const among = [`visibility = '${visibility}'`, ...(owner === undefined ? [] : [`owner = ${put(owner, 'text')}`])];
  return { from: 'afterimage.image', where: ['listed', hidden, ...among], among };
}

/** What lists sort by stands beside the membership, in the orders they sort by; images are joined only where a filter asks for more. */
const SHARED = `(
        SELECT m.member, m.member_status, m.image_id AS id, m.hidden, m.name, m.status, m.container_format, m.disk_format, m.size,
          m.created_at, m.updated_at, i.owner, i.protected, i.virtual_size, i.min_disk, i.min_ram, i.checksum, i.os_hash_algo,
          i.os_hash_value, i.tags, i.props, i.doc
        FROM afterimage.image_member AS m LEFT JOIN afterimage.image AS i ON i.id = m.image_id
      ) AS shared`;

function readOfMember({ member, status }: Extract<Branch, { member: string }>, hidden: string, put: Put): Unplaced {
  const membership = [`member = ${put(member, 'text')}`, `member_status = '${status}'`];
  return {
    from: SHARED,
    where: [hidden, ...membership],
    among: [`id IN (SELECT image_id FROM afterimage.image_member WHERE ${membership.join(' AND ')})`],
  };
}
