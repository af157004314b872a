import { option } from '../option.js';
import { bool, int } from '../oslo-types.js';
import { origins, tokens } from './edge-types.js';

const ALLOWED_HEADERS = [
  'Content-MD5', 'X-Image-Meta-Checksum', 'X-Storage-Token', 'Accept-Encoding', 'X-Auth-Token', 'X-Identity-Status', 'X-Roles',
  'X-Service-Catalog', 'X-User-Id', 'X-Tenant-Id', 'X-OpenStack-Request-ID',
];
const EXPOSED_HEADERS = ['X-Image-Meta-Checksum', 'X-Auth-Token', 'X-Subject-Token', 'X-Service-Token', 'X-OpenStack-Request-ID'];

/** Of `[cors]`, and with its values as defaults of each `[cors.NAME]`. */
export const corsOptions = {
  allowed_origin: option(origins(), ''),
  allow_credentials: option(bool(), 'True'),
  expose_headers: option(tokens(), EXPOSED_HEADERS.join(',')),
  /** Seconds. */
  max_age: option(int(0), '3600'),
  allow_methods: option(tokens(), 'GET,PUT,POST,DELETE,PATCH'),
  allow_headers: option(tokens(), ALLOWED_HEADERS.join(',')),
} as const;
