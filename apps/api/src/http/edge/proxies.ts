import type { FastifyRequest } from 'fastify';
import type { ProxyOptions } from './edge.options.js';
import { addressesIn, firstOf, forwarded, schemeOf, type Forwarded } from './forwarded.js';
import type { RequestHook } from './hooks.js';
import { Networks } from './networks.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What proxies that are believed say of the client's request. */
    forwarded: Forwarded | undefined;
  }
}

/** Whom to believe when it says on whose behalf it asks. */
export class Proxies {
  private readonly trusted: Networks;

  constructor(private readonly options: ProxyOptions) {
    this.trusted = new Networks(options.trusted);
  }

  /** Undefined where nobody is believed. */
  hook(): RequestHook | undefined {
    const { believed, schemeHeader } = this.options;
    if (!believed && schemeHeader === undefined) return undefined;
    return (request, _reply, next) => {
      if (this.trusts(peerOf(request))) {
        const scheme = schemeHeader === undefined ? undefined : schemeOf(firstOf(request.headers[schemeHeader]));
        request.forwarded = { ...(scheme === undefined ? {} : { scheme }), ...(believed ? forwarded(request.headers) : {}) };
      }
      next();
    };
  }

  /**
   * Who asks: the last address that is not a trusted proxy's. What stands before it in a header the client may have written
   * itself. Where two headers disagree, one of them was: then the proxy counts.
   */
  clientOf(request: FastifyRequest): string {
    const peer = peerOf(request);
    if (!this.options.believed || !this.trusts(peer)) return peer;
    const told = new Set(addressesIn(request.headers).map((chain) => this.clientIn(chain, peer)));
    const [client = peer] = told;
    return told.size === 1 ? client : peer;
  }

  /** Whether a proxy asks that is not believed to say on whose behalf. */
  hidesClient({ headers }: FastifyRequest): boolean {
    return !this.options.believed && (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined);
  }

  private clientIn(chain: readonly (string | undefined)[], peer: string): string {
    let client = peer;
    for (const address of chain.toReversed()) {
      if (address === undefined) break;
      client = plainAddress(address);
      if (this.options.trusted.length === 0 || !this.trusts(client)) break;
    }
    return client;
  }

  private trusts(address: string): boolean {
    return this.options.trusted.length === 0 || this.trusted.has(address);
  }
}

const peerOf = ({ raw }: FastifyRequest): string => plainAddress(raw.socket.remoteAddress ?? '');

/** A socket that takes both families tells IPv4 as `::ffff:192.0.2.1`. */
const plainAddress = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
