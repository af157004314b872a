import type { CommandContext } from '#event-store';
import type { GivenLocation, LocationTools } from './change-locations.js';
import { ImageCommand } from './image-command.js';
import { ImageIdTaken } from './image.errors.js';
import type { ImageCreated, ImageEvent } from './image.events.js';
import type { ImageState } from './image.state.js';
import { withinQuota, type ImageQuotas } from './quotas.js';

export type NewImage = Omit<ImageCreated['data'], 'home' | 'spelling'>;

/** Data that an image has from the start: at a place that a client named, or none at all, of no bytes. */
export interface GivenData {
  readonly location?: GivenLocation;
  readonly tools: Pick<LocationTools, 'newId' | 'tellUrls'>;
}

export class CreateImage extends ImageCommand {
  override readonly creates = true;

  constructor(context: CommandContext, imageId: string, readonly image: NewImage, readonly home: string, readonly quotas: ImageQuotas, readonly data?: GivenData) {
    super(context, imageId);
  }
}

export function createImage(command: CreateImage, state: ImageState): ImageEvent[] {
  if (Object.keys(state.incarnations).length > 0) throw new ImageIdTaken(command.imageId);
  const { image, quotas, home, data } = command;
  const tags = [...new Set(image.tags)];
  withinQuota('properties', Object.keys(image.properties).length, quotas.properties);
  withinQuota('tags', tags.length, quotas.tags);
  const spelling = command.imageId === command.imageId.toLowerCase() ? {} : { spelling: command.imageId };
  return [{ type: 'ImageCreated', data: { ...image, ...spelling, tags, home } }, ...(data ? given(image, data) : [])];
}

function given({ diskFormat, containerFormat }: NewImage, { location, tools }: GivenData): ImageEvent[] {
  if (!location) return [{ type: 'ImageDataReferenced', data: { size: 0, diskFormat, containerFormat } }];
  const { store, url, metadata, size } = location;
  return [
    { type: 'ImageDataReferenced', data: { ...(tools.tellUrls ? { url } : {}), size, diskFormat, containerFormat } },
    { type: 'ImageLocationAdded', data: { locationId: tools.newId(), store, url, metadata } },
  ];
}
