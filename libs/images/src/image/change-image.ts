import type { CommandContext } from '#event-store';
import { LocationsDraft, type LocationChange, type LocationTools } from './change-locations.js';
import { existing, ImageCommand } from './image-command.js';
import { AttributeReadOnly, FormatsMissing, NotQueuedForFormatChange, PropertyExists, PropertyMissing, PropertyReserved, TagMissing } from './image.errors.js';
import type { ImageAttributes, ImageEvent, Visibility } from './image.events.js';
import type { Image } from './image.js';
import type { ImageState } from './image.state.js';
import { ALL_PROPERTY_RIGHTS, type PropertyRights } from './property-rights.js';
import { withinQuota, type ImageQuotas } from './quotas.js';

type Core = ImageAttributes & { owner: string | null; visibility: Visibility; tags: readonly string[] };

/** One step of a change; steps are taken in order and all of them or none. */
export type ImageChange =
  | { readonly [K in keyof Core]: { readonly kind: 'attribute'; readonly name: K; readonly value: Core[K] } }[keyof Core]
  /** `add` overwrites; `create` refuses an existing property, `replace` and `remove` a missing one, `discard` neither. */
  | { readonly kind: 'property'; readonly op: 'add' | 'create' | 'replace'; readonly key: string; readonly value: string }
  | { readonly kind: 'property'; readonly op: 'remove' | 'discard'; readonly key: string }
  /** `add` of a tag that is there does nothing. */
  | { readonly kind: 'tag'; readonly op: 'add' | 'remove'; readonly tag: string }
  | LocationChange;

export class ChangeImage extends ImageCommand {
  constructor(
    context: CommandContext,
    imageId: string,
    readonly changes: readonly ImageChange[],
    readonly quotas: ImageQuotas,
    readonly tools: LocationTools,
    readonly mayProperty: PropertyRights = ALL_PROPERTY_RIGHTS,
  ) {
    super(context, imageId);
  }
}

interface Draft {
  readonly core: Core;
  readonly properties: Map<string, string>;
  readonly locations: LocationsDraft;
}

export function changeImage(command: ChangeImage, state: ImageState): ImageEvent[] {
  const image = existing(command, state);
  const draft: Draft = {
    core: { ...image },
    properties: new Map(Object.entries(image.properties)),
    locations: new LocationsDraft(image, command.tools),
  };
  for (const change of command.changes) take(change, draft, image, command);
  if (draft.locations.needsFormats) refuseMissingFormats(draft.core);
  const tags = [...new Set(draft.core.tags)];
  if ([...draft.properties.keys()].some((key) => !(key in image.properties))) {
    withinQuota('properties', draft.properties.size, command.quotas.properties);
  }
  if (tags.some((tag) => !image.tags.includes(tag))) withinQuota('tags', tags.length, command.quotas.tags);
  return differences(image, draft, tags);
}

function take(change: ImageChange, draft: Draft, image: Image, { quotas, mayProperty }: ChangeImage): void {
  switch (change.kind) {
    case 'attribute':
      return setAttribute(change, draft, image);
    case 'property':
      return setProperty(change, draft, mayProperty);
    case 'tag':
      return setTag(change, draft);
    case 'location':
      return draft.locations.take(change, quotas);
  }
}

function setAttribute(change: ImageChange & { kind: 'attribute' }, draft: Draft, image: Image): void {
  if ((change.name === 'diskFormat' || change.name === 'containerFormat') && image.status !== 'queued') {
    throw new NotQueuedForFormatChange(change.name === 'diskFormat' ? 'disk_format' : 'container_format', image.status);
  }
  Object.assign(draft.core, { [change.name]: change.value });
}

function setTag({ op, tag }: ImageChange & { kind: 'tag' }, { core }: Draft): void {
  const there = core.tags.includes(tag);
  if (op === 'remove' && !there) throw new TagMissing(tag);
  if (op === 'remove') core.tags = core.tags.filter((one) => one !== tag);
  else if (!there) core.tags = [...core.tags, tag];
}

function setProperty(change: ImageChange & { kind: 'property' }, { properties }: Draft, may: PropertyRights): void {
  const there = properties.has(change.key) && may('read', change.key);
  if (change.op === 'create' && there) throw new PropertyExists(change.key);
  if ((change.op === 'replace' || change.op === 'remove') && !there) throw new PropertyMissing(change.key);
  if (change.key.startsWith('os_glance')) throw new AttributeReadOnly(change.key);
  if (change.op === 'discard' && !there) return;
  if (!permitted(change, there, properties.has(change.key), may)) throw new PropertyReserved(change.key);
  if ('value' in change) properties.set(change.key, change.value);
  else properties.delete(change.key);
}

/** To write over what the caller cannot read takes the rights to create, which it means to do, and to update, which it does. */
function permitted({ key, op }: ImageChange & { kind: 'property' }, seen: boolean, there: boolean, may: PropertyRights): boolean {
  if (op === 'remove' || op === 'discard') return may('delete', key);
  return (seen || may('create', key)) && (!there || may('update', key));
}

export function refuseMissingFormats({ diskFormat, containerFormat }: Pick<Image, 'diskFormat' | 'containerFormat'>): void {
  const missing = [...(diskFormat ? [] : ['disk_format']), ...(containerFormat ? [] : ['container_format'])];
  if (missing.length > 0) throw new FormatsMissing(missing);
}

const REGISTERS = ['name', 'diskFormat', 'containerFormat', 'minDisk', 'minRam', 'protected', 'hidden'] as const;

function differences(image: Image, { core, properties, locations }: Draft, tags: readonly string[]): ImageEvent[] {
  const events: ImageEvent[] = [];
  const attributes = Object.fromEntries(REGISTERS.filter((name) => core[name] !== image[name]).map((name) => [name, core[name]]));
  if (Object.keys(attributes).length > 0) events.push({ type: 'ImageAttributesChanged', data: { set: attributes } });
  if (core.visibility !== image.visibility) events.push({ type: 'ImageVisibilityChanged', data: { visibility: core.visibility } });
  if (core.owner !== image.owner) events.push({ type: 'ImageOwnerChanged', data: { owner: core.owner } });
  const set = [...properties].filter(([key, value]) => image.properties[key] !== value);
  const removed = Object.keys(image.properties).filter((key) => !properties.has(key));
  if (set.length > 0 || removed.length > 0) events.push({ type: 'ImagePropertiesChanged', data: { set: Object.fromEntries(set), removed } });
  const added = tags.filter((tag) => !image.tags.includes(tag));
  const dropped = image.tags.filter((tag) => !tags.includes(tag));
  if (added.length > 0 || dropped.length > 0) events.push({ type: 'ImageTagsChanged', data: { added, removed: dropped } });
  return [...events, ...locations.events(core)];
}
