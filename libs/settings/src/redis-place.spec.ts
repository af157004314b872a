import { redisPlace } from './redis-place.js';

const at = (host: string, port = 6379) => ({ host, port });

describe('The URL of a Redis', () => {
  it.each([
    ['redis://r', { kind: 'single', db: 0, tls: false, addresses: [at('r')] }],
    ['redis://127.0.0.1:7000/3', { kind: 'single', db: 3, tls: false, addresses: [at('127.0.0.1', 7000)] }],
    ['rediss://:p%40ss@[::1]:7000/', { kind: 'single', db: 0, tls: true, password: 'p@ss', addresses: [at('::1', 7000)] }],
    ['REDIS://u:p@r', { kind: 'single', db: 0, tls: false, username: 'u', password: 'p', addresses: [at('r')] }],
    ['redis+sentinel://a:1,b/mymaster', { kind: 'sentinel', db: 0, tls: false, master: 'mymaster', sentinel: {}, addresses: [at('a', 1), at('b', 26379)] }],
    ['rediss+sentinel://u:p@a/m/2?sentinel_username=s&sentinel_password=t', { kind: 'sentinel', db: 2, tls: true, username: 'u', password: 'p', master: 'm', sentinel: { username: 's', password: 't' }, addresses: [at('a', 26379)] }],
    ['redis+cluster://a,b:1,[fe80::1]:2', { kind: 'cluster', tls: false, addresses: [at('a'), at('b', 1), at('fe80::1', 2)] }],
    ['rediss+cluster://:p@a/', { kind: 'cluster', tls: true, password: 'p', addresses: [at('a')] }],
  ])('%s says where it is', (url, place) => {
    expect(redisPlace(url)).toEqual(place);
  });

  it.each([
    'redis://', 'redis:r', 'amqp://r', 'redis://a,b', 'redis://r:0', 'redis://r:65536', 'redis://r:x', 'redis://r/x', 'redis://r/1/2', 'redis://a b',
    'redis+sentinel://a', 'redis+sentinel://a/m/x', 'redis+sentinel://a,,b/m', 'redis+cluster://a/0', 'redis+other://a', '',
  ])('%s says nothing', (url) => {
    expect(redisPlace(url)).toBeUndefined();
  });
});
