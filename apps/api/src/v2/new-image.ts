import { AttributeReadOnly, type ImageDraft } from '#images';
import { InvalidValue } from '../http/api.errors.js';
import { ATTRIBUTES, isSettable, propertyText, refuseOutOfBounds, refuseReadOnly } from './image-fields.js';
import { validateFields, type ValidFields } from './image-validator.js';
import type { ImageSchemaOptions } from './schemas/image.schema.js';

/** The body of `POST /v2/images` (images-v2 §3). */
export function parseNewImage(body: unknown, options: ImageSchemaOptions): ImageDraft {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new InvalidValue('Request body must be a JSON object.');
  for (const name of Object.keys(body)) {
    if (name === 'locations') throw new AttributeReadOnly(name, `Attribute 'locations' is reserved.`);
    refuseReadOnly(name);
  }
  const fields = validateFields(body, 'whole', options);
  for (const [name, value] of Object.entries(fields)) refuseOutOfBounds(name, value);
  return { ...attributes(fields), properties: properties(fields) };
}

function attributes(fields: ValidFields): ImageDraft {
  const set = Object.entries(fields).flatMap(([name, value]) => (isSettable(name) ? [[ATTRIBUTES[name], value]] : []));
  return { ...(fields.id === undefined ? {} : { id: fields.id }), ...Object.fromEntries(set) };
}

/** A null says the same as no property; what a schema lets be no text is kept as the JSON it is. */
function properties(fields: ValidFields): Record<string, string> {
  const custom = Object.entries(fields).filter(([name, value]) => !isSettable(name) && name !== 'id' && value !== null);
  return Object.fromEntries(custom.map(([name, value]) => [name, propertyText(value)]));
}
