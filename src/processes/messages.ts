import type { Settings } from '#settings';
import type { DatabaseAt } from '../persistence.js';
import type { Count, Counted } from './shared-counts.js';
import type { MetricsAsked, MetricsTold } from './shared-metrics.js';

/** What a child of the primary does. */
export type Role = 'http' | 'background';

export interface Assignment {
  readonly settings: Settings;
  readonly database: DatabaseAt;
}

export interface Stop {
  readonly kind: 'stop';
  /** How long what is running may take. */
  readonly graceMs: number;
  /** True: clients keep their idle connections until they have been idle for long. */
  readonly gently: boolean;
}

/** From the primary. A `connection` comes with its socket. */
export type Order = ({ readonly kind: 'start' } & Assignment) | { readonly kind: 'connection' } | { readonly kind: 'recover-uploads' } | Counted | MetricsAsked | MetricsTold | Stop;

/** To the primary. Who says `leaving` was asked by somebody else to end, and waits for its `stop`. */
export type Report =
  | { readonly kind: 'ready'; readonly tls: boolean }
  | { readonly kind: 'failed'; readonly message: string; readonly stack?: string }
  | { readonly kind: 'accepted' }
  | Count
  | MetricsAsked
  | MetricsTold
  | { readonly kind: 'leaving' };
