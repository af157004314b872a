import type { CommandContext } from '#event-store';
import { existing, ImageCommand } from './image-command.js';
import { AttributeReadOnly, NotQueuedForFormatChange, PropertyExists, PropertyMissing } from './image.errors.js';
import type { ImageAttributes, ImageEvent, Visibility } from './image.events.js';
import type { Image } from './image.js';
import type { ImageState } from './image.state.js';
import { withinQuota, type ImageQuotas } from './quotas.js';

type Core = ImageAttributes & { owner: string | null; visibility: Visibility; tags: readonly string[] };

/** One step of a change; steps are taken in order and all of them or none. */
export type ImageChange =
  | { readonly [K in keyof Core]: { readonly kind: 'attribute'; readonly name: K; readonly value: Core[K] } }[keyof Core]
  /** `add` overwrites; `create` refuses an existing property, `replace` and `remove` a missing one. */
  | { readonly kind: 'property'; readonly op: 'add' | 'create' | 'replace'; readonly key: string; readonly value: string }
  | { readonly kind: 'property'; readonly op: 'remove'; readonly key: string };

export class ChangeImage extends ImageCommand {
  constructor(context: CommandContext, imageId: string, readonly changes: readonly ImageChange[], readonly quotas: ImageQuotas) {
    super(context, imageId);
  }
}

interface Draft {
  core: Core;
  properties: Map<string, string>;
}

export function changeImage(command: ChangeImage, state: ImageState): ImageEvent[] {
  const image = existing(command, state);
  const draft: Draft = { core: { ...image }, properties: new Map(Object.entries(image.properties)) };
  for (const change of command.changes) take(change, draft, image);
  const tags = [...new Set(draft.core.tags)];
  if ([...draft.properties.keys()].some((key) => !(key in image.properties))) {
    withinQuota('properties', draft.properties.size, command.quotas.properties);
  }
  if (tags.some((tag) => !image.tags.includes(tag))) withinQuota('tags', tags.length, command.quotas.tags);
  return differences(image, draft, tags);
}

function take(change: ImageChange, draft: Draft, image: Image): void {
  if (change.kind === 'attribute') {
    if ((change.name === 'diskFormat' || change.name === 'containerFormat') && image.status !== 'queued') {
      throw new NotQueuedForFormatChange(change.name === 'diskFormat' ? 'disk_format' : 'container_format', image.status);
    }
    Object.assign(draft.core, { [change.name]: change.value });
    return;
  }
  const there = draft.properties.has(change.key);
  if (change.op === 'create' && there) throw new PropertyExists(change.key);
  if ((change.op === 'replace' || change.op === 'remove') && !there) throw new PropertyMissing(change.key);
  if (change.key.startsWith('os_glance')) throw new AttributeReadOnly(change.key);
  if (change.op === 'remove') draft.properties.delete(change.key);
  else draft.properties.set(change.key, change.value);
}

const REGISTERS = ['name', 'diskFormat', 'containerFormat', 'minDisk', 'minRam', 'protected', 'hidden'] as const;

function differences(image: Image, { core, properties }: Draft, tags: readonly string[]): ImageEvent[] {
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
  return events;
}
