import type { AskedLocation } from '#images';

/** A location as the API writes it, its form checked by a schema. */
export interface LocationFields {
  readonly url: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly validation_data?: { readonly checksum?: string; readonly os_hash_algo: string; readonly os_hash_value: string };
}

export function askedLocation({ url, metadata = {}, validation_data: given }: LocationFields): AskedLocation {
  if (!given) return { url, metadata };
  const { checksum, os_hash_algo: osHashAlgo, os_hash_value: value } = given;
  const hashes = { osHashAlgo, osHashValue: value.toLowerCase() };
  return { url, metadata, validation: checksum === undefined ? hashes : { checksum: checksum.toLowerCase(), ...hashes } };
}
