import type { JsonSchema } from './json-schema.js';

/** The body of `POST /v2/images/{id}/locations`. */
export const NEW_LOCATION_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    url: { type: 'string', minLength: 1, maxLength: 255 },
    validation_data: {
      type: 'object',
      additionalProperties: false,
      properties: { os_hash_algo: { type: 'string', enum: ['sha1', 'sha256', 'sha512', 'md5'] }, os_hash_value: { type: 'string', maxLength: 128 } },
      required: ['os_hash_algo', 'os_hash_value'],
    },
  },
  required: ['url'],
  additionalProperties: false,
};
