import type { AdoptedImage, AdoptedMember, MemberStatus, Visibility } from '#images';
import type { LegacyFinding } from './finding.js';
import { nameOf, REFERENCES, type LegacyImage } from './legacy-images.js';
import { mapLocation, Unkept, type LocationTools } from './location-mapping.js';
import { isNumber, partId, type OldIds } from './old-ids.js';
import { isLive, isTrue, timeOf, wholeNumber } from './row-values.js';
import type { Row } from './source/legacy-database.js';

export interface MappingTools extends LocationTools {
  readonly ids: OldIds;
  /** Seconds that the data of an image in `pending_delete` stays (`scrub_time`). */
  readonly keepDeletedFor: number;
}

export interface MappedImage {
  readonly id: string;
  readonly adopted: AdoptedImage;
}

type Found = (finding: LegacyFinding) => void;

/** Statuses of work that nobody will go on with. */
const UNFINISHED = ['saving', 'uploading', 'importing'];
const EPOCH = '1970-01-01T00:00:00.000Z';

/** Throws `Unkept` where the image cannot be imported, `LegacyKeyWrong` where none could be. */
export function mapImage(image: LegacyImage, referable: ReadonlySet<string>, tools: MappingTools, found: Found): MappedImage {
  const { row } = image;
  const old = row['id'] ?? '';
  if (hasNul(image)) throw new Unkept('one of its texts has a character U+0000 in it, which cannot be kept: put that right in the old database and import again');
  const id = tools.ids.newId(old);
  if (id.toLowerCase() !== old.toLowerCase()) found({ kind: 'renamed', what: old, detail: `its id is ${id} from now on` });
  const createdAt = timeOf(row['created_at']) ?? EPOCH;
  const updatedAt = timeOf(row['updated_at']) ?? createdAt;
  const deletedAt = timeOf(row['deleted_at']);
  const status = statusOf(row, found);
  const data = dataOf(row, status);
  const adopted: AdoptedImage = {
    status, createdAt, updatedAt, deletedAt, data,
    image: {
      name: row['name'] ?? null, diskFormat: row['disk_format'] || null, containerFormat: row['container_format'] || null,
      minDisk: wholeNumber(row['min_disk']) ?? 0, minRam: wholeNumber(row['min_ram']) ?? 0,
      protected: isTrue(row['protected']), hidden: isTrue(row['os_hidden']), owner: row['owner'] || null,
      visibility: visibilityOf(image),
      properties: propertiesOf(image, status, referable, tools.ids, found),
      tags: rowsOf(image, 'tags', status).map(({ value }) => value ?? ''),
      declared: declaredOf(row, status),
    },
    scrubAfter: status === 'pending_delete' ? new Date(Date.parse(deletedAt ?? updatedAt) + tools.keepDeletedFor * 1000).toISOString() : null,
    uploadId: partId(id, 'data'),
    locations: data && status !== 'deleted' ? placesOf(image, status, id, tools, found) : [],
    members: status === 'deleted' ? [] : rowsOf(image, 'members', status).map((member) => memberOf(member, createdAt)),
  };
  return { id, adopted };
}

const hasNul = ({ row, properties, tags, members }: LegacyImage): boolean =>
  [row, ...properties, ...tags, ...members].some((one) => Object.values(one).some((value) => value?.includes('\0')));

function statusOf(row: Row, found: Found): AdoptedImage['status'] {
  const status = row['status'] ?? '';
  if (status === 'pending_delete') return status;
  if (!isLive(row) || status === 'deleted') return 'deleted';
  if (status === 'queued' || status === 'active' || status === 'deactivated' || status === 'killed') return status;
  const why = UNFINISHED.includes(status) ? 'what was being written to it is not taken over' : 'such a status is not known';
  found({ kind: 'status', what: row['id'] ?? '', detail: `it was ${status} and is queued now: ${why}` });
  return 'queued';
}

/** A deleted image had data where its size and checksum are known. */
function dataOf(row: Row, status: AdoptedImage['status']): AdoptedImage['data'] {
  const size = wholeNumber(row['size']);
  const checksum = row['checksum'] || null;
  if (status === 'queued' || status === 'killed' || (status === 'deleted' && (size === null || checksum === null))) return null;
  const [algo, value] = [row['os_hash_algo'], row['os_hash_value']];
  return { size, checksum, virtualSize: wholeNumber(row['virtual_size']), hash: algo && value ? { algo, value } : null };
}

function declaredOf(row: Row, status: AdoptedImage['status']): AdoptedImage['image']['declared'] {
  const size = wholeNumber(row['size']);
  return status === 'queued' && size !== null && size > 0 ? { size } : {};
}

const VISIBILITIES: readonly string[] = ['public', 'private', 'shared', 'community'] satisfies Visibility[];

/** Before Ocata an image was public or not; one that was not was shared by having members. */
function visibilityOf({ row, members }: LegacyImage): Visibility {
  const { visibility } = row;
  if (visibility !== undefined && visibility !== null && VISIBILITIES.includes(visibility)) return visibility as Visibility;
  if (isTrue(row['is_public'])) return 'public';
  return members.some(isLive) ? 'shared' : 'private';
}

/** Of one that a scrubber may still bring back also what was deleted with it. */
function rowsOf(image: LegacyImage, which: 'properties' | 'tags' | 'members', status: AdoptedImage['status']): readonly Row[] {
  const deletedAt = timeOf(image.row['deleted_at']);
  const withIt = (row: Row) => status === 'pending_delete' && deletedAt !== null && Math.abs(Date.parse(timeOf(row['deleted_at']) ?? '') - Date.parse(deletedAt)) < 5_000;
  return image[which].filter((row) => isLive(row) || withIt(row));
}

/** Those of the old service's own work are left out. */
function propertiesOf(image: LegacyImage, status: AdoptedImage['status'], referable: ReadonlySet<string>, ids: OldIds, found: Found): Record<string, string> {
  const entries = rowsOf(image, 'properties', status).flatMap((row): [string, string][] => {
    const [name, value] = [nameOf(row), row['value'] ?? ''];
    if (name === '' || name.startsWith('os_glance')) return [];
    if (!REFERENCES.includes(name) || !isNumber(value)) return [[name, value]];
    if (referable.has(value)) return [[name, ids.newId(value)]];
    found({ kind: 'reference', what: image.row['id'] ?? '', detail: `its ${name} ${value} is the id of no image in the old database and stays as it is` });
    return [[name, value]];
  });
  return Object.fromEntries(entries);
}

function placesOf(image: LegacyImage, status: AdoptedImage['status'], id: string, tools: MappingTools, found: Found): AdoptedImage['locations'] {
  const old = image.row['id'] ?? '';
  const waits = (row: Row) => row['status'] === 'pending_delete';
  const kept = image.locations.filter((row) => (status === 'pending_delete' ? isLive(row) || waits(row) || image.row['location'] !== undefined : isLive(row) && !waits(row)));
  for (const row of image.locations) {
    if (status !== 'pending_delete' && waits(row)) found({ kind: 'given-up', what: old, detail: "it gave up a place whose data the old scrubber has not removed: run it once before, or let 'afterimage reconcile' find what is left" });
  }
  return kept.map((row) => mapLocation(row, old, id, tools, found));
}

const DECISIONS: readonly string[] = ['pending', 'accepted', 'rejected'] satisfies MemberStatus[];

/** Without a status, as before Grizzly, it is pending, as Glance's own upgrade has it. */
function memberOf(row: Row, imageCreatedAt: string): AdoptedMember {
  const createdAt = timeOf(row['created_at']) ?? imageCreatedAt;
  const status = row['status'];
  return {
    member: row['member'] ?? '', canShare: isTrue(row['can_share']), createdAt, updatedAt: timeOf(row['updated_at']) ?? createdAt,
    status: status !== undefined && status !== null && DECISIONS.includes(status) ? (status as MemberStatus) : 'pending',
  };
}
