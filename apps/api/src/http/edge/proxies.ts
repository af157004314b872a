import type { FastifyRequest } from 'fastify';
import { BlockList, isIP } from 'node:net';
import type { ProxyOptions } from './edge.options.js';
import { addressesIn, firstOf, forwarded, schemeOf, type Forwarded } from './forwarded.js';
import type { RequestHook } from './hooks.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What proxies that are believed say of the client's request. */
    forwarded: Forwarded | undefined;
  }
}

/** Whom to believe when it says on whose behalf it asks. */
export class Proxies {
  private readonly trusted = new BlockList();

  constructor(private readonly options: ProxyOptions) {
    for (const network of options.trusted) {
      const [address = '', bits] = network.split('/');
      const family = familyOf(address);
      if (bits === undefined) this.trusted.addAddress(address, family);
      else this.trusted.addSubnet(address, Number(bits), family);
    }
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
    return this.options.trusted.length === 0 || (isIP(address) !== 0 && this.trusted.check(address, familyOf(address)));
  }
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const peerOf = ({ raw }: FastifyRequest): string => plainAddress(raw.socket.remoteAddress ?? '');

/** A socket that takes both families tells IPv4 as `::ffff:192.0.2.1`. */
const plainAddress = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
