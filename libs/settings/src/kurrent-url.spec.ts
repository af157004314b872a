import { kurrentUrl } from './kurrent-url.js';

describe('The URL of KurrentDB', () => {
  it.each([
    ['kurrentdb://h', 'kurrentdb://h?nodePreference=leader'],
    ['kurrentdb://h:2113/?tls=false', 'kurrentdb://h:2113?tls=false&nodePreference=leader'],
    ['esdb://h:2113', 'kurrentdb://h:2113?nodePreference=leader'],
    ['KurrentDB+Discover://cluster.example:2113?tls=true&tlsVerifyCert=false', 'kurrentdb+discover://cluster.example:2113?tls=true&tlsVerifyCert=false&nodePreference=leader'],
    ['kurrentdb://u:p%40w@a:1,b:2,c:3', 'kurrentdb://u:p%40w@a:1,b:2,c:3?nodePreference=leader'],
    ['kurrentdb://h?keep_alive_interval=5000&node-preference=leader', 'kurrentdb://h?keepAliveInterval=5000&nodePreference=leader'],
    [`kurrentdb://h?tlscafile=${import.meta.filename}`, `kurrentdb://h?tlsCAFile=${import.meta.filename}&nodePreference=leader`],
  ])('%s is taken', (text, url) => {
    expect(kurrentUrl(text)).toBe(url);
  });

  it.each([
    ['kurrentdb://', 'allowed: kurrentdb://'],
    ['kurrentdb:h', 'allowed: kurrentdb://'],
    ['kurrentdb://h:0', 'allowed: kurrentdb://'],
    ['kurrentdb://h:65536', 'allowed: kurrentdb://'],
    ['kurrentdb://a,,b', 'allowed: kurrentdb://'],
    ['kurrentdb://h/database', 'allowed: kurrentdb://'],
    ['kurrentdb://h?throwOnAppendFailure=false', 'throwOnAppendFailure is none of the options'],
    ['kurrentdb://h?tls=no', 'tls must be true or false'],
    ['kurrentdb://h?tls', 'tls has no value'],
    ['kurrentdb://h?gossipTimeout=soon', 'gossipTimeout must be a whole number'],
    ['kurrentdb://h?tlsCAFile=/nowhere/ca.pem', 'tlsCAFile names a file that is not there'],
    ['kurrentdb://h?nodePreference=follower', 'nodePreference must be leader'],
  ])('%s is not', (text, why) => {
    expect(() => kurrentUrl(text)).toThrow(why);
  });
});
