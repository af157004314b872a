import type { LoggerService } from '@nestjs/common';
import type { OpenRequestCounts } from '#access';
import type { AdminPages } from './admin-pages.js';
import type { TellAnswered } from './edge/answered.js';
import type { EdgeOptions } from './edge/edge.options.js';
import type { ReadMetrics } from './edge/metrics.js';
import type { TlsFiles } from './tls/tls-files.js';
import type { VersionOptions } from './versions.js';

export interface HttpOptions extends VersionOptions {
  /** `http_keepalive`: false closes each connection after one answer. */
  readonly keepAlive?: boolean;
  /** `client_socket_timeout`, seconds without a byte; 0 waits for ever. */
  readonly clientSocketTimeout?: number;
  /** `tcp_keepidle`, seconds without a packet before a connection is probed. */
  readonly tcpKeepIdle?: number;
  /** `max_header_line`, bytes. */
  readonly maxHeaderLine?: number;
  /** `max_request_id_length`; 0 is no limit. */
  readonly maxRequestIdLength?: number;
  /** The listener speaks TLS. */
  readonly tls?: TlsFiles;
  /** Health check, CORS, gzip, proxies, rate limits; by default a health check alone. */
  readonly edge?: EdgeOptions;
  /** Counts requests for several processes; by default each counts its own. */
  readonly openCounts?: OpenRequestCounts;
  /** Hears of every request that has its answer. */
  readonly onAnswered?: TellAnswered;
  /** What Prometheus is told where the edge lets it ask. */
  readonly readMetrics?: ReadMetrics;
  /** Beside the API. */
  readonly adminPages?: AdminPages;
  /** Paths outside the versions that controllers answer, beside `/versions`. */
  readonly unversioned?: readonly string[];
  /** Nest's logger; false is silence. */
  readonly logger?: false | LoggerService;
}
