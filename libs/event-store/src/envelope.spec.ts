import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { chainOf, GENESIS, open, seal, verify, verifyChain } from './envelope.js';
import type { EventMeta, SealedEvent, StoredEvent } from './event.js';

const META: EventMeta = {
  id: '019a0000-0000-7000-8000-000000000001', stream: 'image-1', v: 1, at: '2026-01-01T00:00:00.000Z', hlc: '019aaf3b2c010000', site: 'a',
  actor: { user: 'u', project: 'p', roles: ['member'], admin: false, service: null },
  requestId: 'r', causationId: null, correlationId: 'r', creation: null,
};
const SALT = Buffer.alloc(16, 7);
const KNOWN = { versions: { Noted: 1 }, upcasts: {} };
const sha256 = (...parts: (string | Buffer)[]) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const stored = (event: SealedEvent): StoredEvent => ({ ...event, stream: 'image-1', revision: 0, chain: chainOf(GENESIS, event.body), recordedAt: new Date(0) });
const note = (data: object) => stored(seal({ type: 'Noted', data }, META, SALT));

describe('the envelope', () => {
  it('is canonical JSON whose dataHash covers salt and data', () => {
    const event = note({ b: 1, a: 'é' });
    expect(event.data).toBe('{"a":"é","b":1}');
    expect(event.body).toBe(
      '{"actor":{"admin":false,"project":"p","roles":["member"],"service":null,"user":"u"},"at":"2026-01-01T00:00:00.000Z","causationId":null,'
      + `"correlationId":"r","creation":null,"dataHash":"${sha256(SALT, '{"a":"é","b":1}').toString('hex')}","hlc":"019aaf3b2c010000",`
      + '"id":"019a0000-0000-7000-8000-000000000001","requestId":"r","site":"a","stream":"image-1","type":"Noted","v":1}');
    expect(event.chain).toEqual(sha256(Buffer.alloc(32), sha256(event.body)));
  });

  it('never takes over parts of the actor that are not an event\'s, such as a token', () => {
    const actor = { ...META.actor, token: 'secret' };
    expect(seal({ type: 'Noted', data: {} }, { ...META, actor }).body).not.toContain('secret');
  });

  it('writes integers that a double cannot hold as strings, and others as numbers', () => {
    expect(note({ big: 2n ** 63n, exact: 5n, max: Number.MAX_SAFE_INTEGER }).data).toBe(`{"big":"9223372036854775808","exact":5,"max":${Number.MAX_SAFE_INTEGER}}`);
  });

  it('writes the body as RFC 8785 has it, whatever its strings are', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\\ud800'), fc.constant('"\n\u2028\u007f'));
    fc.assert(fc.property(text, text, fc.nat(), (user, requestId, v) => {
      const { body } = seal({ type: 'Noted', data: {} }, { ...META, v, requestId, actor: { ...META.actor, user } });
      expect(body).toBe(canonicalize(JSON.parse(body)));
      expect(JSON.parse(body)).toMatchObject({ requestId, v, actor: { user } });
    }));
  });

  it('refuses a lone surrogate in data and in metadata', () => {
    expect(() => note({ text: '\ud800' })).toThrow('Lone surrogate');
    expect(() => seal({ type: 'Noted', data: {} }, { ...META, requestId: '\udfff' })).toThrow('Lone surrogate');
  });

  it('opens what it sealed, for any JSON', () => {
    const json = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value)) as unknown));
    fc.assert(fc.property(json, (data) => {
      const plain = JSON.parse(JSON.stringify(data)) as object;
      fc.pre(!hasBigInteger(plain));
      const opened = open(note(plain), KNOWN);
      expect(typeof opened === 'object' && opened.data).toEqual(plain);
    }));
  });

  it.each<[string, (event: StoredEvent) => StoredEvent]>([
    ['changed data', (event) => ({ ...event, data: '{"a":2}' })],
    ['another salt', (event) => ({ ...event, salt: Buffer.alloc(16) })],
    ['another type', (event) => ({ ...event, type: 'Denied' })],
    ['another version', (event) => ({ ...event, v: 2 })],
    ['another stream', (event) => ({ ...event, stream: 'image-2' })],
    ['another id', (event) => ({ ...event, id: '019a0000-0000-7000-8000-000000000002' })],
    ['a body that is not JSON', (event) => ({ ...event, body: event.body.slice(1) })],
  ])('finds %s', (_what, change) => {
    expect(() => verify(change(note({ a: 1 })))).toThrow(expect.objectContaining({ code: 'EventCorrupt', stream: expect.any(String), revision: 0 }));
  });

  it('finds a changed body by the chain', () => {
    const event = note({ a: 1 });
    expect(() => verifyChain({ ...event, body: event.body.replace('"user":"u"', '"user":"x"') }, GENESIS)).toThrow('chain');
    expect(() => verifyChain(event, Buffer.alloc(32, 1))).toThrow('chain');
    expect(() => verifyChain(event, GENESIS)).not.toThrow();
  });

  it('still verifies after its data was blanked, and says that it is erased', () => {
    const event = { ...note({ a: 1 }), data: null };
    expect(open(event, KNOWN)).toBe('erased');
    expect(() => verifyChain(event, GENESIS)).not.toThrow();
  });

  it('says that a type or a later version is unknown, also where the type is a name every object has', () => {
    expect(open(note({}), { versions: { Other: 1 }, upcasts: {} })).toBe('unknown');
    expect(open(stored(seal({ type: 'Noted', data: {} }, { ...META, v: 2 })), KNOWN)).toBe('unknown');
    expect(open(stored(seal({ type: 'constructor', data: {} }, META)), KNOWN)).toBe('unknown');
  });

  it('upcasts step by step', () => {
    const upcasts = { 'Noted.v1': (data: { a: number }) => ({ b: data.a + 1 }), 'Noted.v2': (data: { b: number }) => ({ c: data.b * 2 }) };
    expect(open(note({ a: 1 }), { versions: { Noted: 3 }, upcasts })).toMatchObject({ data: { c: 4 } });
    expect(() => open(note({ a: 1 }), { versions: { Noted: 2 }, upcasts: {} })).toThrow('no step');
  });
});

function hasBigInteger(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasBigInteger);
}
