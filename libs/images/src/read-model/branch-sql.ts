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

interface Common {
  /** Disjoint; none: from the start. */
  readonly places: readonly string[];
  readonly hidden: string;
  readonly filtered: boolean;
}

export function readsOf(branches: readonly Branch[], { places, ...common }: Common, put: Put): Read[] {
  return branches.flatMap((branch) => {
    const read = 'member' in branch ? readOfMember(branch, common, put) : readOfImages(branch, common, put);
    return places.length === 0 ? [{ ...read, place: [] }] : places.map((place) => ({ ...read, place: [place] }));
  });
}

type Unplaced = Omit<Read, 'place'>;
type Everywhere = Omit<Common, 'places'>;

function readOfImages({ visibility, owner }: Extract<Branch, { visibility: string }>, { hidden }: Everywhere, put: Put): Unplaced {
  const among = [`visibility = '${visibility}'`, ...(owner === undefined ? [] : [`owner = ${put(owner, 'text')}`])];
  return { from: 'afterimage.image', where: ['listed', hidden, ...among], among };
}

/** What lists sort by stands beside the membership, in the orders they sort by; images are joined only where a condition asks for more. */
const SHARED = `(
        SELECT m.member, m.member_status, m.image_id AS id, m.owner, m.hidden, m.name, m.status, m.container_format, m.disk_format, m.size,
          m.created_at, m.updated_at, i.listed, i.visibility, i.protected, i.virtual_size, i.min_disk, i.min_ram, i.checksum, i.os_hash_algo,
          i.os_hash_value, i.tags, i.props, i.doc
        FROM afterimage.image_member AS m LEFT JOIN afterimage.image AS i ON i.id = m.image_id
      ) AS shared`;

function readOfMember({ member, status }: Extract<Branch, { member: string }>, { hidden, filtered }: Everywhere, put: Put): Unplaced {
  const membership = [`member = ${put(member, 'text')}`, `member_status = '${status}'`];
  return {
    from: SHARED,
    // True of all of them, and said so that the indexes of images serve the filters, which cover listed ones only.
    where: [hidden, ...membership, ...(filtered ? ['listed', `visibility = 'shared'`] : [])],
    among: [`id IN (SELECT image_id FROM afterimage.image_member WHERE ${membership.join(' AND ')})`],
  };
}
