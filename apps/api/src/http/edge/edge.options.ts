/** Where a load balancer asks whether this process shall be sent requests. */
export interface HealthcheckOptions {
  readonly path: string;
  readonly detailed: boolean;
  /** 503 while this file is there. */
  readonly file?: string;
  /** The same by the port that the request came to. */
  readonly filesByPort?: ReadonlyMap<number, string>;
}

/** What pages of one origin may do. */
export interface CorsRule {
  readonly credentials: boolean;
  readonly exposed: readonly string[];
  /** Seconds that a browser may keep the answer to a preflight; 0: not said. */
  readonly maxAge: number;
  readonly methods: readonly string[];
  readonly headers: readonly string[];
}

export interface ProxyOptions {
  /** Whether `Forwarded` and `X-Forwarded-*` are believed. */
  readonly believed: boolean;
  /** From these addresses and networks only; empty: from everybody. */
  readonly trusted: readonly string[];
  /** A header that names the scheme, in lower case. */
  readonly schemeHeader?: string;
}

export interface RateLimitOptions {
  /** Requests in one interval; 0: no limit. */
  readonly perAddress: number;
  readonly perProject: number;
  /** Seconds. */
  readonly interval: number;
  /** A Redis that counts for all processes. */
  readonly redis?: string;
}

/** Where Prometheus asks. */
export interface MetricsOptions {
  readonly path: string;
  /** Addresses and networks of who may. */
  readonly allowed: readonly string[];
}

/** What surrounds the API where it meets HTTP. */
export interface EdgeOptions {
  readonly healthcheck: HealthcheckOptions;
  /** Undefined: nobody is told. */
  readonly metrics?: MetricsOptions;
  /** By origin, `*` for any other; empty: nothing is shared with other origins. */
  readonly cors: ReadonlyMap<string, CorsRule>;
  /** Bytes from which on JSON is compressed for who asks for it; undefined: never. */
  readonly gzipFrom?: number;
  readonly proxies: ProxyOptions;
  readonly rateLimit: RateLimitOptions;
}

/** As without any configuration, but for gzip. */
export const PLAIN_EDGE: EdgeOptions = {
  healthcheck: { path: '/healthcheck', detailed: false },
  cors: new Map(),
  proxies: { believed: false, trusted: [] },
  rateLimit: { perAddress: 0, perProject: 0, interval: 1 },
};
