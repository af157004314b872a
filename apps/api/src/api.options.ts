import type { ImageSchemaOptions } from './v2/schemas/image.schema.js';
import type { ImageViewOptions } from './v2/image.view.js';
import type { Paging } from './http/paging.js';
import type { AuthenticationOptions } from './http/principal-source.js';
import type { VersionOptions } from './http/versions.js';

export interface ApiOptions extends VersionOptions, AuthenticationOptions {
  /** `public_endpoint`: where clients reach this API; by default what they say themselves. */
  readonly publicEndpoint?: string;
  readonly image: ImageSchemaOptions;
  readonly view: ImageViewOptions;
  readonly paging: Paging;
  /** `image_size_cap`, bytes. */
  readonly imageSizeCap: number;
  /** The cache's management has its paths of old too. */
  readonly oldCachePaths?: boolean;
}

export const API_OPTIONS = Symbol('ApiOptions');
