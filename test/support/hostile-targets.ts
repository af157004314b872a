import fc from 'fast-check';
import { IMAGE_KEYS } from './hostile-documents.js';
import { hostileText } from './hostile-values.js';

/** Stand for images that exist when the request is sent: one with everything, one that waits for its data. */
export const PROBE = '~probe~';
export const QUEUED = '~queued~';

/** As it would be written by somebody who escapes nothing but what would end the request's line. */
const raw = (text: string): string => Buffer.from(text).toString('latin1').replace(/[^!-~\xa0-\xff]/g, percent);

const percent = (one: string): string => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`;

const escaped = (text: string): string => encodeURIComponent(text.toWellFormed());

const written = fc.oneof(
  { weight: 6, arbitrary: hostileText.map(escaped) },
  { weight: 1, arbitrary: hostileText.map(raw) },
  { weight: 2, arbitrary: fc.constantFrom('%', '%zz', '%ff', '%c0%af', '%ed%a0%80', '%00', '%2F', '%252F', '%2e%2e', '%u0000', '%0d%0aInjected:%20yes', '\xff\xfe', 'a'.repeat(5000)) },
);

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

function parameter(name: string): fc.Arbitrary<string> {
  const known: Readonly<Record<string, readonly string[]>> = {
    image_id: [PROBE, PROBE, PROBE, PROBE, QUEUED, QUEUED, QUEUED, PROBE.toUpperCase(), UNKNOWN, 'x'],
    tag: ['a', 'b'], member_id: ['p1', 'p2'], store_id: ['own', 'own', 'web', 'cheap'], namespace: ['HOSTILE', 'HOSTILE', 'hostile'], task_id: [UNKNOWN], name: ['p', 'o', 't', 'OS::Glance::Image'],
  };
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...(known[name] ?? ['x'])) }, { weight: 1, arbitrary: written });
}

function filled(path: string): fc.Arbitrary<string> {
  const parts = path.split(/\{(\w+)\}/).map((part, i) => (i % 2 === 1 ? parameter(part) : fc.constant(part)));
  return fc.tuple(...parts).map((all) => all.join(''));
}

const LISTED = ['name', 'id', 'status', 'container_format', 'disk_format', 'size', 'owner', 'checksum', 'min_disk', 'min_ram', 'visibility', 'tag', 'os_hidden', 'protected', 'member_status'];
const QUERY_KEYS = [
  ...LISTED, ...LISTED, ...['size', 'virtual_size', 'min_ram', 'min_disk', 'name', 'x'].flatMap((key) => [`${key}_min`, `${key}_max`]), ...IMAGE_KEYS, 'limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'changes-since', 'deleted', 'prefer', 'resource_types', 'resource_type', 'type',
];
const NUMBERS = ['0', '1', '-1', '1000', '1001', '+5', '5 ', '1e3', '0x5', '1.0', '9223372036854775807', '9223372036854775808', '-9223372036854775809', '9007199254740991', '9007199254740992', '2147483648', '٣'];
const TEXTS = [PROBE, UNKNOWN, 'probe', 'in:probe,queued', 'in:"a,b",c', 'in:"a\\"b"', 'in:,', 'in:', 'in:"', 'eq:x', 'neq:x', 'gte:1', 'shared', 'all', 'active', 'in:active,queued', 'true', 'True', 'false', 'accepted', 'own', 'web,own'];
const TIMES = ['2020-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '0001-01-01T00:00:00+14:00', '2020-02-30', '2020-01-01T24:00:00Z', '2020-01-01T23:59:60Z', '2020-01-01', '+275760-09-13', '2020-01-01T00:00:00.123456789Z', '2020-01-01 00:00:00'];
const OPERATORS = ['', 'eq:', 'neq:', 'gt:', 'gte:', 'lt:', 'lte:', 'in:', 'x:'];
const SORTS = ['asc', 'desc', 'name', 'size', 'id', 'created_at', 'name:asc', 'name:asc,size:desc', 'name:asc:desc', 'size,size', ':', ',', '', 'tags'];

const VALUES: readonly (readonly [RegExp, fc.Arbitrary<string>])[] = [
  [/^(created|updated)_at$/, fc.tuple(fc.constantFrom(...OPERATORS), fc.constantFrom(...TIMES)).map((parts) => parts.join(''))],
  [/^sort/, fc.constantFrom(...SORTS)],
  [/^(limit|size|virtual_size|min_ram|min_disk)/, fc.constantFrom(...NUMBERS)],
  [/^/, fc.constantFrom(...TEXTS)],
];
const valueOf = (key: string): fc.Arbitrary<string> => VALUES.find(([keys]) => keys.test(key))?.[1] ?? hostileText;

const pair = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...QUERY_KEYS) }, { weight: 1, arbitrary: written }).chain((key) =>
  fc.oneof({ weight: 5, arbitrary: valueOf(key).map(escapedButProbe) }, { weight: 2, arbitrary: written }).map((value) => `${key}=${value}`));

function escapedButProbe(value: string): string {
  return value === PROBE ? value : escaped(value);
}

/** Queries of lists (images-v2 §6.2) with hostile values. */
export const queries = fc.oneof(
  { weight: 9, arbitrary: fc.oneof(fc.tuple(pair), fc.array(pair, { minLength: 2, maxLength: 4 })).map((pairs) => `?${pairs.join('&')}`) },
  { weight: 1, arbitrary: fc.constantFrom('?', '??', '?&&', '?=', '?a', '?a=b=c', '?%', `?${'tag=a&'.repeat(500)}`, `?${'x'.repeat(9000)}=1`, `?name=in:${'a,'.repeat(3000)}`) },
);

const PLACES = ['/', '/v2', '/v2/', '/v2/images/', '/v3/images', '/v1/images', '/versions', '/versions/', '/healthcheck', '/openapi', '/openapi.json', '/images', '/v2.5/images', '/v2/nonesuch', '/v2/images/%zz', '*', '//', '/%00', '/.env', '/v2/../../etc/passwd'];

/** The path of a route, sometimes bent. */
export function targets(path: string, origin: string): fc.Arbitrary<string> {
  const straight = filled(path).map((filled) => `/v2${filled}`);
  const bent = fc.tuple(straight, written, fc.nat(8)).map(([to, piece, how]) => [
    `${to}/`, `/${to}`, to.replaceAll('/', '//'), `${to}/${piece}`, `${to}${piece}`, to.replace('/v2/', '/v2/./'), to.replace('/v2/', '/v2.99/'), `${origin}${to}`, `http://elsewhere.invalid${to}`,
  ][how] ?? to);
  const query = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: queries });
  return fc.oneof(
    { weight: 12, arbitrary: fc.tuple(straight, query).map(([to, asked]) => to + asked) },
    { weight: 3, arbitrary: bent },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...PLACES), written.map((one) => `/${one}`), written) },
  ).map((target) => (target === '' ? '/' : target));
}
