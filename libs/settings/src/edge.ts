import type { Values } from './options/index.js';
import type { Resolver } from './resolver.js';
import { corsOptions } from './options/cors.js';
import { redactUrls } from './redact.js';
import { BadSetting } from './settings.errors.js';
import type { Jobs } from './settings.js';

/** Where a load balancer asks whether this process shall be sent requests. */
export interface HealthcheckSettings {
  readonly path: string;
  readonly detailed: boolean;
  /** Present: answers 503 while this file is there. */
  readonly file?: string;
  /** The same by the port that the request came to. */
  readonly filesByPort?: ReadonlyMap<number, string>;
}

export interface CorsSettings {
  readonly credentials: boolean;
  readonly exposed: readonly string[];
  /** Seconds; 0: not said. */
  readonly maxAge: number;
  readonly methods: readonly string[];
  readonly headers: readonly string[];
}

/** Where Prometheus asks. */
export interface MetricsSettings {
  readonly path: string;
  /** Addresses and networks of who may. */
  readonly allowed: readonly string[];
}

/** What surrounds the API where it meets HTTP. */
export interface EdgeSettings {
  readonly healthcheck: HealthcheckSettings;
  /** Undefined: nobody is told. */
  readonly metrics?: MetricsSettings;
  /** By origin, `*` for any other; empty: nothing is shared with other origins. */
  readonly cors: ReadonlyMap<string, CorsSettings>;
  /** Bytes from which on JSON is compressed for who asks for it; undefined: never. */
  readonly gzipFrom?: number;
  readonly proxies: {
    /** Whether `Forwarded` and `X-Forwarded-*` are believed. */
    readonly believed: boolean;
    /** From these addresses and networks only; empty: from everybody. */
    readonly trusted: readonly string[];
    /** A header that names the scheme, in lower case. */
    readonly schemeHeader?: string;
  };
  /** Requests in one interval of so many seconds; 0: no limit. */
  readonly rateLimit: {
    readonly perAddress: number;
    readonly perProject: number;
    readonly interval: number;
    /** A Redis that counts for all processes. */
    readonly redis?: string;
  };
}

type Warn = (text: string) => void;

/** `sections`: the names of all that the configuration files have. */
export function edgeOf(values: Values, resolver: Resolver, sections: Iterable<string>, jobs: Jobs, warn: Warn): EdgeSettings {
  const { gzip, oslo_middleware: middleware, DEFAULT: own } = values;
  return {
    healthcheck: healthcheckOf(values, warn),
    ...(values.metrics.enabled ? { metrics: { path: values.metrics.path, allowed: values.metrics.allowed_addresses } } : {}),
    cors: corsOf(values, resolver, sections, warn),
    ...(gzip.enabled ? { gzipFrom: gzip.min_size } : {}),
    proxies: {
      believed: middleware.enable_proxy_headers_parsing,
      trusted: middleware.trusted_proxies,
      ...(own.secure_proxy_ssl_header ? { schemeHeader: headerName(own.secure_proxy_ssl_header) } : {}),
    },
    rateLimit: rateLimitOf(values, jobs),
  };
}

/** WSGI's name of a header, or the header's own. */
const headerName = (name: string): string => name.trim().replace(/^HTTP_/i, '').replaceAll('_', '-').toLowerCase();

const BACKENDS = ['disable_by_file', 'disable_by_files_ports'];

function healthcheckOf({ healthcheck: own }: Values, warn: Warn): HealthcheckSettings {
  const unknown = own.backends.filter((name) => !BACKENDS.includes(name));
  if (unknown.length > 0) warn(`[healthcheck] backends: ${unknown.join(', ')} cannot be asked here; there are ${BACKENDS.join(' and ')}`);
  const wanted = (backend: string) => own.backends.length === unknown.length || own.backends.includes(backend);
  const ports = own.disable_by_file_paths.map((item): [number, string] => [Number(item.slice(0, item.indexOf(':'))), item.slice(item.indexOf(':') + 1)]);
  return {
    path: own.path,
    detailed: own.detailed,
    ...(own.disable_by_file_path && wanted('disable_by_file') ? { file: own.disable_by_file_path } : {}),
    ...(ports.length > 0 && wanted('disable_by_files_ports') ? { filesByPort: new Map(ports) } : {}),
  };
}

function corsOf({ cors }: Values, resolver: Resolver, sections: Iterable<string>, warn: Warn): ReadonlyMap<string, CorsSettings> {
  const byOrigin = new Map<string, CorsSettings>();
  const add = (own: Values['cors']) => {
    const settings = { credentials: own.allow_credentials, exposed: own.expose_headers, maxAge: own.max_age, methods: own.allow_methods, headers: own.allow_headers };
    for (const origin of own.allowed_origin) {
      if (origin.endsWith('/')) warn(`[cors] allowed_origin = ${origin}: no browser says a slash at the end, so it allows nobody`);
      if (!byOrigin.has(origin)) byOrigin.set(origin, settings);
    }
  };
  add(cors);
  for (const section of new Set(sections)) {
    if (!section.startsWith('cors.')) continue;
    const given = Object.fromEntries(Object.entries(corsOptions).filter(([name]) => resolver.given(section, name) !== undefined));
    add({ ...cors, allowed_origin: [], ...resolver.values(section, given) });
  }
  return byOrigin;
}

const isOneRedis = (url: string | undefined): boolean => url !== undefined && /^rediss?:\/\//i.test(url);

function rateLimitOf({ rate_limit: own }: Values, jobs: Jobs): EdgeSettings['rateLimit'] {
  if (own.url !== undefined && !(isOneRedis(own.url) && URL.canParse(own.url))) {
    throw new BadSetting('rate_limit', 'url', redactUrls(own.url), 'allowed: redis://HOST:PORT or rediss://…');
  }
  const redis = own.url ?? (jobs.kind === 'redis' && isOneRedis(jobs.url) ? jobs.url : undefined);
  return { perAddress: own.requests_per_address, perProject: own.requests_per_project, interval: own.interval, ...(redis === undefined ? {} : { redis }) };
}
