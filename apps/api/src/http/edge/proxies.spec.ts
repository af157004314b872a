import type { FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Proxies } from './proxies.js';

const request = (remoteAddress: string | undefined, headers: IncomingHttpHeaders) => ({ headers, raw: { socket: { remoteAddress } } }) as unknown as FastifyRequest;

describe('The client of a request', () => {
  const TRUSTED = ['10.0.0.0/8', '2001:db8:1::/48'];
  it.each([
    ['is the peer where nobody is believed', { believed: false, trusted: [] }, '10.0.0.1', { 'x-forwarded-for': '192.0.2.1' }, '10.0.0.1'],
    ['is the peer where it says nothing', { believed: true, trusted: TRUSTED }, '10.0.0.1', {}, '10.0.0.1'],
    ['is whom a trusted peer names', { believed: true, trusted: TRUSTED }, '::ffff:10.0.0.1', { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
    ['is the peer where that is a stranger', { believed: true, trusted: TRUSTED }, '198.51.100.1', { 'x-forwarded-for': '192.0.2.1' }, '198.51.100.1'],
    ['is the last that is no proxy, whatever was said before', { believed: true, trusted: TRUSTED }, '10.0.0.1', { 'x-forwarded-for': '203.0.113.9, 192.0.2.1, 10.0.0.2, 2001:db8:1::3' }, '192.0.2.1'],
    ['is the last named where every peer is believed', { believed: true, trusted: [] }, '10.0.0.1', { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' }, '192.0.2.1'],
    ['is told by Forwarded too', { believed: true, trusted: TRUSTED }, '10.0.0.1', { forwarded: 'for="[2001:db8::9]:80";proto=https' }, '2001:db8::9'],
    ['is the proxy where two headers disagree', { believed: true, trusted: TRUSTED }, '10.0.0.1', { forwarded: 'for=203.0.113.9', 'x-forwarded-for': '192.0.2.1' }, '10.0.0.1'],
    ['is the proxy behind one that hides', { believed: true, trusted: TRUSTED }, '10.0.0.1', { 'x-forwarded-for': 'unknown, 10.0.0.2' }, '10.0.0.2'],
    ['is nobody on a socket without addresses', { believed: true, trusted: TRUSTED }, undefined, { 'x-forwarded-for': '192.0.2.1' }, ''],
  ] as const)('%s', (_what, options, peer, headers, client) => {
    expect(new Proxies(options).clientOf(request(peer, headers))).toBe(client);
  });
});
