import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenRequestCounts } from '#access';
import { tellAnswered, type TellAnswered } from './answered.js';
import { Cors } from './cors.js';
import { PLAIN_EDGE, type EdgeOptions } from './edge.options.js';
import { gzipJson } from './gzip.js';
import { healthcheck } from './healthcheck.js';
import type { RequestHook } from './hooks.js';
import { metrics, type ReadMetrics } from './metrics.js';
import { Proxies } from './proxies.js';
import { RateLimit } from './rate-limit.js';

/** The small things around the API that operators rely on; each costs nothing where it is not configured. */
export class Edge {
  private constructor(
    private readonly options: EdgeOptions,
    private readonly cors: Cors,
    private readonly proxies: Proxies,
    private readonly rateLimit: RateLimit,
    private readonly tell: TellAnswered | undefined,
    private readonly readMetrics: ReadMetrics | undefined,
  ) {}

  /** `openCounts`: where requests are counted without a Redis, if not in this process. `tell` hears of every request that has its answer. `readMetrics`: without it nobody is told them. */
  static async open(options: EdgeOptions = PLAIN_EDGE, openCounts?: OpenRequestCounts, tell?: TellAnswered, readMetrics?: ReadMetrics): Promise<Edge> {
    const proxies = new Proxies(options.proxies);
    return new Edge(options, new Cors(options.cors), proxies, await RateLimit.open(options.rateLimit, proxies, openCounts), tell, readMetrics);
  }

  /** The hooks around one that looks at the request itself and one that finds out who calls, in the order in which they act. */
  surround(fastify: FastifyInstance, admit: RequestHook, identify: RequestHook): void {
    fastify.decorateRequest('forwarded');
    const hooks = [
      this.cors.hook(), healthcheck(this.options.healthcheck), this.metrics(), this.proxies.hook(), admit, this.rateLimit.ofAddresses(), identify, this.rateLimit.ofProjects(),
    ];
    for (const hook of hooks) if (hook) fastify.addHook('onRequest', hook);
    if (this.tell) fastify.addHook('onResponse', tellAnswered(this.proxies, this.tell));
    if (this.options.gzipFrom !== undefined) fastify.addHook('onSend', gzipJson(this.options.gzipFrom));
    fastify.addHook('onClose', (_fastify, done) => {
      this.rateLimit.close();
      done();
    });
  }

  private metrics(): RequestHook | undefined {
    return this.options.metrics && this.readMetrics && metrics(this.options.metrics, this.proxies, this.readMetrics);
  }

  /** For answers that Fastify gives before any hook. */
  share(request: FastifyRequest, reply: FastifyReply): void {
    this.cors.share(request, reply);
  }
}
