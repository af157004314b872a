import { collectionSchema, UUID_PATTERN, type JsonSchema, type JsonSchemas, type SchemaDocument } from './json-schema.js';

export interface ImageSchemaOptions {
  /** `disk_formats`, `container_formats` */
  readonly diskFormats: readonly string[];
  readonly containerFormats: readonly string[];
  /** Typed custom properties (`schema-image.json`); by default those that the peer ships. */
  readonly properties?: JsonSchemas;
  /** False: an image has no property that is not named here. */
  readonly additional?: boolean;
  /** Properties that every new image must have. */
  readonly required?: readonly string[];
}

const LOCATIONS: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      url: { type: 'string', maxLength: 255 },
      metadata: { type: 'object' },
      validation_data: {
        description: "Values to be used to populate the corresponding image properties. If the image status is not 'queued', values must exactly match those already contained in the image properties.",
        type: 'object',
        writeOnly: true,
        additionalProperties: false,
        properties: {
          checksum: { type: 'string', minLength: 32, maxLength: 32 },
          os_hash_algo: { type: 'string', maxLength: 64 },
          os_hash_value: { type: 'string', maxLength: 128 },
        },
        required: ['os_hash_algo', 'os_hash_value'],
      },
    },
    required: ['url', 'metadata'],
  },
  description: 'A set of URLs to access the image file kept in external store',
};

export function imageSchema(options: ImageSchemaOptions): SchemaDocument {
  const custom = Object.entries(options.properties ?? DEFAULT_PROPERTIES).map(([name, schema]) => [name, { ...schema, is_base: false }]);
  return {
    name: 'image',
    properties: { ...baseProperties(options), ...Object.fromEntries(custom) },
    additionalProperties: options.additional === false ? false : { type: 'string' },
    links: [
      { rel: 'self', href: '{self}' },
      { rel: 'enclosure', href: '{file}' },
      { rel: 'describedby', href: '{schema}' },
    ],
    ...(options.required?.length ? { required: options.required } : {}),
  };
}

export const imagesSchema = (options: ImageSchemaOptions): SchemaDocument => collectionSchema('images', imageSchema(options), true);

export const baseProperties = (options: ImageSchemaOptions): JsonSchemas => ({
  id: {
    type: 'string',
    description: 'An identifier for the image',
    pattern: UUID_PATTERN,
  },
  name: { type: ['null', 'string'], description: 'Descriptive name for the image', maxLength: 255 },
  status: {
    type: 'string',
    readOnly: true,
    description: 'Status of the image',
    enum: ['queued', 'saving', 'active', 'killed', 'deleted', 'uploading', 'importing', 'pending_delete', 'deactivated'],
  },
  visibility: { type: 'string', description: 'Scope of image accessibility', enum: ['community', 'public', 'private', 'shared'] },
  protected: { type: 'boolean', description: 'If true, image will not be deletable.' },
  os_hidden: { type: 'boolean', description: 'If true, image will not appear in default image list response.' },
  checksum: { type: ['null', 'string'], readOnly: true, description: 'md5 hash of image contents.', maxLength: 32 },
  os_hash_algo: { type: ['null', 'string'], readOnly: true, description: 'Algorithm to calculate the os_hash_value', maxLength: 64 },
  os_hash_value: {
    type: ['null', 'string'],
    readOnly: true,
    description: 'Hexdigest of the image contents using the algorithm specified by the os_hash_algo',
    maxLength: 128,
  },
  owner: { type: ['null', 'string'], description: 'Owner of the image', maxLength: 255 },
  size: { type: ['null', 'integer'], readOnly: true, description: 'Size of image file in bytes' },
  virtual_size: { type: ['null', 'integer'], readOnly: true, description: 'Virtual size of image in bytes' },
  container_format: {
    type: ['null', 'string'],
    description: 'Format of the container',
    enum: [null, ...options.containerFormats],
  },
  disk_format: {
    type: ['null', 'string'],
    description: 'Format of the disk',
    enum: [null, ...options.diskFormats],
  },
  created_at: { type: 'string', readOnly: true, description: 'Date and time of image registration' },
  updated_at: { type: 'string', readOnly: true, description: 'Date and time of the last image modification' },
  tags: { type: 'array', description: 'List of strings related to the image', items: { type: 'string', maxLength: 255 } },
  direct_url: { type: 'string', readOnly: true, description: 'URL to access the image file kept in external store' },
  min_ram: { type: 'integer', description: 'Amount of ram (in MB) required to boot image.' },
  min_disk: { type: 'integer', description: 'Amount of disk space (in GB) required to boot image.' },
  self: { type: 'string', readOnly: true, description: 'An image self url' },
  file: { type: 'string', readOnly: true, description: 'An image file url' },
  stores: {
    type: 'string',
    readOnly: true,
    description: 'Store in which image data resides.  Only present when the operator has enabled multiple stores.  May be a comma-separated list of store identifiers.',
  },
  schema: { type: 'string', readOnly: true, description: 'An image schema url' },
  locations: LOCATIONS,
});

const DEFAULT_PROPERTIES: JsonSchemas = {
  kernel_id: {
    type: ['null', 'string'],
    pattern: UUID_PATTERN,
    description: 'ID of image stored in Glance that should be used as the kernel when booting an AMI-style image.',
  },
  ramdisk_id: {
    type: ['null', 'string'],
    pattern: UUID_PATTERN,
    description: 'ID of image stored in Glance that should be used as the ramdisk when booting an AMI-style image.',
  },
  instance_uuid: {
    type: 'string',
    description: 'Metadata which can be used to record which instance this image is associated with. (Informational only, does not create an instance snapshot.)',
  },
  architecture: {
    description: 'Operating system architecture as specified in https://docs.openstack.org/python-glanceclient/latest/cli/property-keys.html',
    type: 'string',
  },
  os_distro: {
    description: 'Common name of operating system distribution as specified in https://docs.openstack.org/python-glanceclient/latest/cli/property-keys.html',
    type: 'string',
  },
  os_version: { description: 'Operating system version as specified by the distributor.', type: 'string' },
  description: { description: 'A human-readable string describing this image.', type: 'string' },
  cinder_encryption_key_id: {
    description: 'Identifier in the OpenStack Key Management Service for the encryption key for the Block Storage Service to use when mounting a volume created from this image',
    type: 'string',
  },
  cinder_encryption_key_deletion_policy: {
    description: "States the condition under which the Image Service will delete the object associated with the 'cinder_encryption_key_id' image property.  If this property is missing, the Image Service will take no action",
    type: 'string',
    enum: ['on_image_deletion', 'do_not_delete'],
  },
};
