import { newer, older, stampText, writeAll, type FoldEvent, type Register } from '#event-store';
import { IMAGE_EVENT_SCOPES, type ImageAttributes, type ImageCreated, type ImageEvent } from './image.events.js';
import { evolveImports } from './imports.js';
import { writeMember } from './membership.js';
import { later } from './deletion.js';
import { settleKey } from './encryption-key.js';
import { NEW_INCARNATION, type ImageState, type Incarnation, type UploadAttempt } from './image.state.js';

export function evolveImage(state: ImageState, event: FoldEvent<ImageEvent>): ImageState {
  const creation = event.type === 'ImageCreated' ? event.meta.id : event.meta.creation;
  if (creation === null) return state;
  const before = state.incarnations[creation] ?? NEW_INCARNATION;
  const after = touch(apply(before, event), event);
  return { incarnations: { ...state.incarnations, [creation]: after } };
}

/** They have times of their own. */
const ABOUT_MEMBERS: readonly ImageEvent['type'][] = ['ImageShared', 'ImageMembershipDecided', 'ImageUnshared'];

function touch(image: Incarnation, event: FoldEvent<ImageEvent>): Incarnation {
  const type = event.type as ImageEvent['type'];
  if (IMAGE_EVENT_SCOPES[type] !== 'every-site' || ABOUT_MEMBERS.includes(type)) return image;
  return { ...image, updated: newer(image.updated, { value: event.meta.at, stamp: stampText(event.meta) }) };
}

function apply(image: Incarnation, { type, data, meta }: FoldEvent<ImageEvent>): Incarnation {
  const stamp = stampText(meta);
  const event = { type, data } as ImageEvent;
  switch (event.type) {
    case 'ImageCreated':
      return create(image, event.data, meta.at, stamp);
    case 'ImageAttributesChanged':
      return { ...image, attributes: writeAttributes(image.attributes, event.data.set, stamp) };
    case 'ImageVisibilityChanged':
      return { ...image, visibility: newer(image.visibility, { value: event.data.visibility, stamp }) };
    case 'ImageOwnerChanged':
      return { ...image, owner: newer(image.owner, { value: event.data.owner, stamp }) };
    case 'ImagePropertiesChanged':
      return { ...image, properties: writeAll<string | null>(image.properties, [...removals(event.data.removed), ...Object.entries(event.data.set)], stamp) };
    case 'ImageTagsChanged':
      return { ...image, tags: writeAll(image.tags, tagEntries(event.data.added, event.data.removed), stamp) };
    case 'ImageShared':
    case 'ImageMembershipDecided':
    case 'ImageUnshared':
      return { ...image, members: writeMember(image.members, event, meta.at, stamp) };
    case 'ImageDataStored':
      return { ...image, data: older(image.data, { value: event.data, stamp }) };
    case 'ImageDataReferenced':
      return { ...image, referenced: older(image.referenced, { value: event.data, stamp }) };
    case 'ImageDataHashed':
      return { ...image, hashed: older(image.hashed, { value: event.data, stamp }) };
    case 'ImageDeactivated':
    case 'ImageReactivated':
      return { ...image, deactivated: newer(image.deactivated, { value: event.type === 'ImageDeactivated', stamp }) };
    case 'ImageDeleted':
      return { ...image, deleted: later(image.deleted, { value: { at: meta.at, ...event.data }, stamp }) };
    case 'ImageRestored':
      return { ...image, restored: newer(image.restored, { value: true, stamp }) };
    case 'ImageUploadStarted': {
      const { uploadId, ...started } = event.data;
      return attempt(image, uploadId, { started: { at: meta.at, stamp, ...started } });
    }
    case 'ImageUploadFailed': {
      const { uploadId, ...failed } = event.data;
      return attempt(image, uploadId, { failed: { stamp, ...failed } });
    }
    case 'ImageLocationAdded': {
      const { locationId, ...location } = event.data;
      return { ...image, locations: { ...image.locations, [locationId]: { stamp, ...location } } };
    }
    case 'ImageLocationRemoved':
      return { ...image, removed: { ...image.removed, [event.data.locationId]: event.data.reason } };
    case 'ImageDataStaged':
    case 'ImageImportRequested':
    case 'ImageImportStarted':
    case 'ImageImportSucceeded':
    case 'ImageImportFailed':
      return evolveImports(image, event, meta.at, stamp);
    case 'ImageEncryptionKeyDeleted':
    case 'ImageEncryptionKeyKept':
      return settleKey(image, event);
    case 'ImageRecordPurged':
      return { ...image, recordPurged: image.recordPurged === 'row' ? 'row' : event.data.extent };
    case 'ImageDataPurged':
      return { ...image, purged: { ...image.purged, ...Object.fromEntries(event.data.locationIds.map((id) => [id, true as const])) } };
  }
}

function create(image: Incarnation, data: ImageCreated['data'], at: string, stamp: string): Incarnation {
  const { owner, visibility, properties, tags, declared, home, spelling, ...attributes } = data;
  return {
    ...image,
    created: { at, stamp, home, declared, ...(spelling === undefined ? {} : { spelling }) },
    owner: newer(image.owner, { value: owner, stamp }),
    visibility: newer(image.visibility, { value: visibility, stamp }),
    attributes: writeAttributes(image.attributes, attributes, stamp),
    properties: writeAll<string | null>(image.properties, Object.entries(properties), stamp),
    tags: writeAll(image.tags, tagEntries(tags, []), stamp),
  };
}

function writeAttributes(registers: Incarnation['attributes'], set: Partial<ImageAttributes>, stamp: string): Incarnation['attributes'] {
  return writeAll<unknown>(registers as Record<string, Register<unknown>>, Object.entries(set), stamp) as Incarnation['attributes'];
}

const removals = (keys: readonly string[]): [string, string | null][] => keys.map((key) => [key, null]);

const tagEntries = (added: readonly string[], removed: readonly string[]): [string, boolean][] => [
  ...removed.map((tag): [string, boolean] => [tag, false]),
  ...added.map((tag): [string, boolean] => [tag, true]),
];

/** Of two events of one kind for one attempt (a doubled delivery) both say the same. */
function attempt(image: Incarnation, uploadId: string, part: UploadAttempt): Incarnation {
  return { ...image, attempts: { ...image.attempts, [uploadId]: { ...image.attempts[uploadId], ...part } } };
}
