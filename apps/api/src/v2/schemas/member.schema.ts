import { collectionSchema, UUID_PATTERN, type SchemaDocument } from './json-schema.js';

const properties = {
  member_id: { type: 'string', description: 'An identifier for the image member (tenantId)' },
  image_id: {
    type: 'string',
    description: 'An identifier for the image',
    pattern: UUID_PATTERN,
  },
  created_at: { type: 'string', description: 'Date and time of image member creation' },
  updated_at: { type: 'string', description: 'Date and time of last modification of image member' },
  status: { type: 'string', description: 'The status of this image member', enum: ['pending', 'accepted', 'rejected'] },
  schema: { readOnly: true, type: 'string' },
};

export const MEMBER_SCHEMA: SchemaDocument = { name: 'member', properties };
export const MEMBERS_SCHEMA: SchemaDocument = collectionSchema('members', MEMBER_SCHEMA, false);
