import fc from 'fast-check';
import { answeredLine } from './answered-line.js';

const NOW = new Date('2026-11-23T01:02:03.456Z');
const GET = { address: '192.0.2.7', method: 'GET', target: '/v2/images?limit=1', httpVersion: '1.1', status: 200, bytes: 532, ms: 2.1, requestId: 'req-1', user: 'u', project: 'p', cut: false };

describe('The line of a request', () => {
  it('says who asked what from where, and what came of it', () => {
    expect(answeredLine(GET, { json: false }, NOW)).toBe('2026-11-23 01:02:03.456 INFO [Request] 192.0.2.7 "GET /v2/images?limit=1 HTTP/1.1" 200 532 0.0021 req-1 u p\n');
    const { bytes: _bytes, user: _user, project: _project, ...anonymous } = GET;
    expect(answeredLine({ ...anonymous, cut: true }, { json: false, pid: true }, NOW)).toContain(` ${process.pid} INFO [Request] 192.0.2.7 "GET /v2/images?limit=1 HTTP/1.1" 200 - 0.0021 req-1 - - cut\n`);
  });

  it('is an object with use_json', () => {
    expect(JSON.parse(answeredLine(GET, { json: true }, NOW))).toEqual({
      level: 'INFO', time: '2026-11-23T01:02:03.456Z', context: 'Request', address: '192.0.2.7', method: 'GET', target: '/v2/images?limit=1', httpVersion: '1.1',
      status: 200, bytes: 532, seconds: 0.0021, requestId: 'req-1', user: 'u', project: 'p', cut: false,
    });
  });

  it('hides passwords of URLs in queries', () => {
    for (const json of [true, false]) expect(answeredLine({ ...GET, target: '/v2/images?x=http://u:s3cret@h/' }, { json }, NOW)).not.toContain('s3cret');
  });

  it('holds whatever a client sends in one line of words', () => {
    const anything = fc.string({ unit: 'binary' });
    fc.assert(fc.property(anything, anything, anything, anything, fc.boolean(), (target, requestId, user, project, json) => {
      const line = answeredLine({ ...GET, target, requestId, user, project }, { json }, NOW);
      expect(line.split(/[\n\r\u2028\u2029]/)).toHaveLength(2);
      if (!json) expect(line).toMatch(/"GET (?:[^"\\]|\\.)* HTTP\/1\.1" 200 532 0\.0021 (?:"(?:[^"\\]|\\.)*"|\S+) (?:"(?:[^"\\]|\\.)*"|\S+) (?:"(?:[^"\\]|\\.)*"|\S+)\n$/);
    }));
  });
});
