import type { FastifyRequest } from 'fastify';
import { Forbidden, isReservedName, type AskedChange, type Image, type ImageDraft } from '#images';
import type { ImageMeta } from './image-headers.js';
import type { MetaValues } from './meta-values.js';
import { truthOf } from './spelling.js';

/** What a new image is to be; an owner is an admin's to name, and anybody else's is its own project. */
export function draftOf(values: MetaValues, { properties }: ImageMeta, admin: boolean): ImageDraft {
  const { id, name, diskFormat, containerFormat, minDisk, minRam, isPublic, owner, size, checksum } = values;
  Object.keys(properties).forEach(refuseReserved);
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(diskFormat === undefined ? {} : { diskFormat }),
    ...(containerFormat === undefined ? {} : { containerFormat }),
    ...(minDisk === undefined ? {} : { minDisk }),
    ...(minRam === undefined ? {} : { minRam }),
    ...(values.protected === undefined ? {} : { protected: values.protected }),
    ...(admin && owner !== undefined ? { owner } : {}),
    visibility: isPublic === true ? 'public' : 'shared',
    properties,
    declared: { ...(size === undefined ? {} : { size }), ...(checksum == null ? {} : { checksum }) },
  };
}

/** What a `PUT` changes. With `purge` the properties that it does not name go. */
export function changesOf(values: MetaValues, { properties }: ImageMeta, image: Image, { admin, purge }: { readonly admin: boolean; readonly purge: boolean }): AskedChange[] {
  Object.keys(properties).forEach(refuseReserved);
  const { name, diskFormat, containerFormat, minDisk, minRam, owner, isPublic } = values;
  // What they are already is no change, also where a change would be refused.
  const changed = <T>(value: T | undefined, known: unknown): T | undefined => (value === known ? undefined : value);
  const attributes = { name, diskFormat: changed(diskFormat, image.diskFormat), containerFormat: changed(containerFormat, image.containerFormat), minDisk, minRam, protected: values.protected, owner: admin ? owner : undefined, visibility: visibilityOf(isPublic, image) };
  const gone = purge ? Object.keys(image.properties).filter((key) => !Object.hasOwn(properties, key) && !isReservedName(key)) : [];
  return [
    ...Object.entries(attributes).flatMap(([attribute, value]) => (value === undefined ? [] : [{ kind: 'attribute', name: attribute, value } as AskedChange])),
    // Whoever may not change a property may still say what it is: else it would have to go.
    ...Object.entries(properties).filter(([key, value]) => image.properties[key] !== value).map(([key, value]): AskedChange => ({ kind: 'property', op: 'add', key, value })),
    ...gone.map((key): AskedChange => ({ kind: 'property', op: 'discard', key })),
  ];
}

/** What is not public is one thing in version 1, whatever it is in version 2. */
function visibilityOf(isPublic: boolean | undefined, { visibility }: Image): Image['visibility'] | undefined {
  if (isPublic === undefined || isPublic === (visibility === 'public')) return undefined;
  return isPublic ? 'public' : 'shared';
}

function refuseReserved(property: string): void {
  if (isReservedName(property)) throw new Forbidden(`Property '${property}' is reserved.`);
}

/** A `PUT` without data replaces all properties, unless it says otherwise. */
export const purgesProperties = ({ headers }: FastifyRequest): boolean => truthOf(String(headers['x-glance-registry-purge-props'] ?? 'true')) === true;
