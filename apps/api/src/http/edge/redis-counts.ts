import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RequestCounts } from '#access';

/** A Redis that takes longer does not hold requests up. */
const PATIENCE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

function openRedis(url: string): Redis {
  const redis = new Redis(url, {
    connectionName: 'afterimage rate limit',
    connectTimeout: PATIENCE_MS * 10,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_PAUSE_MS),
  });
  // What it cannot count others do; `RedisCounts` says so.
  redis.on('error', () => undefined);
  return redis;
}

/** In a Redis, for all processes that use it; while it does not answer, by `meanwhile`. */
export class RedisCounts implements RequestCounts {
  private readonly redis: Redis;
  private readonly limiter: RateLimiterRedis;
  private readonly logger = new Logger('RateLimit');
  private away = false;

  constructor(url: string, name: string, limit: number, interval: number, private readonly meanwhile: RequestCounts) {
    this.redis = openRedis(url);
    this.limiter = new RateLimiterRedis({ storeClient: this.redis, keyPrefix: `afterimage:rate:${name}`, points: limit, duration: interval });
  }

  async take(key: string): Promise<number | undefined> {
    try {
      await this.limiter.consume(key);
      this.tell(false);
      return undefined;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return Math.max(refused.msBeforeNext, 1);
      this.tell(true);
      return this.meanwhile.take(key);
    }
  }

  close(): void {
    this.redis.disconnect();
    this.meanwhile.close();
  }

  private tell(away: boolean): void {
    if (away === this.away) return;
    this.away = away;
    if (away) this.logger.warn('the Redis of [rate_limit] does not answer: until it does, this node counts for itself');
    else this.logger.log('the Redis of [rate_limit] answers again');
  }
}
