const ATTRIBUTES: ReadonlySet<string> = new Set([
  'id', 'name', 'status', 'visibility', 'protected', 'os_hidden', 'checksum', 'os_hash_algo', 'os_hash_value', 'owner', 'size', 'virtual_size', 'container_format', 'disk_format',
  'created_at', 'updated_at', 'tags', 'min_disk', 'min_ram', 'self', 'file', 'schema', 'direct_url', 'locations', 'stores', 'location', 'deleted', 'deleted_at', 'image_id',
  'extra_properties', '__proto__',
]);

/** Names that no custom property can have (`images-v2.md` §3): those of attributes of every image, and those that only the service itself writes. */
export const isReservedName = (name: string): boolean => ATTRIBUTES.has(name) || name.startsWith('os_glance');
