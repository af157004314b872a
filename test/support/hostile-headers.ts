import fc from 'fast-check';
import { hostileText, SECRETS } from './hostile-values.js';

export type Header = readonly [string, string];

const latin1 = (text: string): string => Buffer.from(text).toString('latin1').replace(/[\0\r\n]/g, '');
const anything = hostileText.map(latin1);

/** What each Accept gets for an error; nobody is asked about what is not here. */
export const ACCEPTS: Readonly<Record<string, string>> = {
  '': 'text/plain', 'text/plain': 'text/plain', 'application/xml': 'text/plain', '*/*': 'text/html', 'text/html': 'text/html', 'text/html;q=abc': 'text/html',
  'application/json': 'application/json', 'application/json;q=0.5, text/html;q=0.4': 'application/json', 'text/html;q=0, application/*': 'application/json',
};

const IDENTITY = ['X-Auth-Token', 'X-User-Id', 'X-User', 'X-Tenant-Id', 'X-Tenant', 'X-Project-Id', 'X-Roles', 'X-Role', 'X-Identity-Status', 'X-Service-Catalog', 'X-Service-Token', 'X-Is-Admin-Project', 'X-Domain-Id', 'OpenStack-System-Scope'];
const HUGE = 20_000;

const choices: Readonly<Record<string, readonly string[]>> = {
  Accept: [...Object.keys(ACCEPTS), ...Object.keys(ACCEPTS), ',,,', 'application/vnd.openstack.images-v2.1', 'application/vnd.openstack.images-v99', 'a/b;c="d', '*/*;q=1e400'],
  'Content-Type': [
    'application/json', 'application/octet-stream', 'application/openstack-images-v2.1-json-patch', 'application/openstack-images-v2.0-json-patch', 'application/json; charset=utf-16', 'text/xml',
    'multipart/form-data', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', '', ';', '/', 'a', 'a/b/c', 'application/octet-stream;', 'application/json;charset="',
  ],
  Range: ['bytes=0-1', 'bytes=1-', 'bytes=-3', 'bytes=-0', 'bytes=5-2', 'bytes=0-1,3-4', 'bytes=99999999999999999999-', 'bytes=0-99999999999999999999', 'bytes=--1', 'bytes', 'items=0-1', 'bytes=0x0-1', 'bytes=1e1-', ''],
  'Content-Range': ['bytes 0-1/*', 'bytes 0-1/5', 'bytes */*', 'bytes 0-99999999999999999999/*', 'bytes 5-2/*', 'bytes -1-2/*', 'x', ''],
  'X-Image-Meta-Store': ['own', 'web', 'cheap', 'os_glance_staging_store', '', '../x', 'own,web', '__proto__'],
  'X-OpenStack-Image-Size': ['5', '0', '-1', '5.0', '1e3', '99999999999999999999', '9007199254740991', '70000', '', 'x', ' 5', '0x5', '+5', '5,5'],
  'X-Openstack-Request-Id': ['req-1', '1', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(HUGE), '\xff\xfe', 'a b', '', 'a,b', '<script>'],
  'X-Openstack-Append': ['true', 'True', 'x'],
  'x-image-cache-clear-target': ['cache', 'queue', 'x'],
  Host: ['', 'x', 'evil.invalid:99999', 'a b', '\xff', '"><script>', '[::1', 'x:y', 'a@b', 'http://x/', '/../'],
  Connection: ['close', 'keep-alive', 'upgrade', 'Transfer-Encoding', 'x'],
  Upgrade: ['websocket', 'h2c', 'x'],
  Expect: ['100-continue', '100-Continue', 'x', ''],
  'Accept-Language': ['de', '*', 'x-klingon;q=2'],
  'Accept-Encoding': ['gzip', 'identity;q=0', '*;q=0'],
  'Content-Encoding': ['gzip', 'deflate', 'x'],
  'If-None-Match': ['*', '"x"'],
  'If-Modified-Since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'x'],
  'X-Forwarded-Proto': ['https', 'javascript', ''],
  'X-Forwarded-Host': ['evil.invalid', ''],
  'X-Http-Method-Override': ['DELETE'],
  'X-Image-Meta-Status': ['active'],
  'x-image-meta-purge_props': ['true'],
  Cookie: ['a=b', 'x'.repeat(HUGE)],
  'Proxy-Authorization': ['Basic x'],
  Trailer: ['Content-Length', 'X-Auth-Token'],
};

const chosen: fc.Arbitrary<Header>[] = Object.entries(choices).map(([name, values]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: anything }).map((value): Header => [name, value]));

const DATA_HEADERS = ['Range', 'Content-Range', 'X-Image-Meta-Store', 'X-OpenStack-Image-Size', 'Content-Type', 'Content-Encoding', 'Expect', 'Connection'];

/** Up to two that the data's routes read. */
export const dataHeaders: fc.Arbitrary<readonly Header[]> = fc.array(fc.constantFrom(...DATA_HEADERS).chain((name) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...(choices[name] ?? [])) }, anything).map((value): Header => [name, value])), { maxLength: 2 });

/** A header that may mean something to somebody, or hopes to. */
const header: fc.Arbitrary<Header> = fc.oneof(
  { weight: 12, arbitrary: fc.oneof(...chosen) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...IDENTITY), fc.oneof(fc.constantFrom('admin', 'Confirmed', 'all', SECRETS.token), anything)).map((one): Header => one) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,30}$/).chain((name) => anything.map((value): Header => [`X-${name}`, value])) },
  { weight: 1, arbitrary: fc.constantFrom<Header>(['X-Folded', 'a\r\n b'], ['X-Injected', 'a\r\nInjected: yes'], ['X-Bare', 'a\nInjected: yes'], ['X-Nul', 'a\0b'], ['', 'x'], ['X Y', 'x'], ['X-Ü', 'x'], ['X-Huge', 'x'.repeat(100_000)]) },
);

/** Up to four of them, some given twice; the secrets are sent by everybody. */
export const headers: fc.Arbitrary<readonly Header[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<readonly Header[]>([]) },
  { weight: 4, arbitrary: fc.array(header, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.tuple(header, header).map(([one, other]) => [one, one, other]) },
).map((some) => [...some, ['X-Auth-Token', SECRETS.token], ['X-Service-Token', SECRETS.service]]);

export interface Framed {
  readonly headers: readonly Header[];
  readonly body: Buffer;
  readonly endsEarly?: boolean;
}

const chunk = (piece: Uint8Array, extension = ''): Buffer => Buffer.concat([Buffer.from(`${piece.length.toString(16)}${extension}\r\n`), piece, Buffer.from('\r\n')]);
const LAST = Buffer.from('0\r\n\r\n');

function chunked(body: Buffer, cut: number, extension = ''): Buffer {
  const at = Math.min(cut, body.length);
  const pieces = [body.subarray(0, at), body.subarray(at)].filter((piece) => piece.length > 0);
  return Buffer.concat([...pieces.map((piece) => chunk(piece, extension)), LAST]);
}

export const whole = (body: Buffer): Framed => ({ headers: [['Content-Length', `${body.length}`]], body });

const encoded = (encoding: string, body: Buffer): Framed => ({ headers: [['Transfer-Encoding', encoding]], body, endsEarly: true });

/** Ways to say, or not to say, where a body ends. A server may wait for more after the wrong ones, so the client ends. */
export function framings(body: Buffer): fc.Arbitrary<Framed> {
  const right = whole(body);
  const pieces = chunked(body, 10);
  return fc.oneof(
    { weight: 10, arbitrary: fc.constant(right) },
    { weight: 5, arbitrary: fc.tuple(fc.nat(50), fc.constantFrom('', ';x=y', ';x="y"')).map(([cut, extension]) => ({ headers: [['Transfer-Encoding', 'chunked']], body: chunked(body, cut, extension) }) as Framed) },
    { weight: 2, arbitrary: fc.constantFrom<Framed>(
      { headers: [['Content-Length', `${body.length + 10}`]], body, endsEarly: true },
      { headers: [['Content-Length', `${Math.max(body.length - 10, 0)}`]], body, endsEarly: true },
      { headers: [...right.headers, ['Transfer-Encoding', 'chunked']], body: pieces, endsEarly: true },
      { headers: [...right.headers, ...right.headers], body, endsEarly: true },
      ...['-1', '+5', '5.0', '0x5', '', 'x', '99999999999999999999999', `${body.length}, ${body.length}`].map((length) => ({ headers: [['Content-Length', length]], body, endsEarly: true }) as Framed),
      ...['gzip', 'identity', 'xchunked', 'chunked, identity', 'gzip, chunked', 'CHUNKED', ' chunked', 'chunked\t', ''].map((encoding) => encoded(encoding, pieces)),
      ...['zz\r\n', '-1\r\n', 'ffffffffffffffffffff\r\n', '5\r\nab', '', '0\r\n', '0\r\nX-Auth-Token: x\r\n\r\n', '5\r\nabcdeX', '5;"\r\nabcde\r\n0\r\n\r\n'].map((rest) => encoded('chunked', Buffer.from(rest))),
    ) },
  );
}
