import { option, optional } from '../option.js';
import { bool, text } from '../oslo-types.js';
import { networks } from './edge-types.js';

export const osloMiddlewareOptions = {
  enable_proxy_headers_parsing: option(bool(), 'False'),
  // Ours: the peer believes whoever connects.
  trusted_proxies: option(networks(), ''),
} as const;

/** In `[DEFAULT]`. A name as WSGI has it: `HTTP_X_FORWARDED_PROTO`. */
export const proxyOptions = { secure_proxy_ssl_header: optional(text()) } as const;
