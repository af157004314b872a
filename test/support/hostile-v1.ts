import fc from 'fast-check';
import { RESOURCES } from '../../apps/api/src/v1/routes.js';
import { framings, type Header } from './hostile-headers.js';
import { HostileRequest, type Places } from './hostile-requests.js';
import { PROBE, queries, QUEUED } from './hostile-targets.js';
import { hostileText } from './hostile-values.js';

const FIELDS = [
  'name', 'id', 'status', 'size', 'checksum', 'disk_format', 'Container-Format', 'is_public', 'protected', 'min_disk', 'min_ram', 'owner', 'location', 'store', 'created_at', 'deleted', 'deleted_at', 'virtual_size',
  'property-a', 'property-', 'property-__proto__', 'property-os_glance_x', 'property-Kernel-Id', 'bogus', '', 'copy_from',
];
const VALUES = [
  '', '0', '1', '-1', '5', '1e3', '99999999999999999999', '9223372036854775807', 'True', 'raw', 'ami', 'bare', 'nonsense', 'active', 'deleted', 'None', PROBE, '00000000-0000-4000-8000-000000000000', 'x'.repeat(256), '1899-01-01T00:00:00',
  '2012-10-01T12:00:00', '2012-13-45', 'file:///etc/passwd', 'http://127.0.0.1:1/x', 'swift+config://x', 'http://', '\xff\xfe', 'a\tb', '../x', 'own', 'web', 'file',
];
const latin1 = (text: string): string => Buffer.from(text).toString('latin1').replace(/[\0\r\n]/g, '');
const value = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...VALUES) }, { weight: 1, arbitrary: hostileText.map(latin1) });
const meta = fc.tuple(fc.constantFrom(...FIELDS), value).map(([name, text]): Header => [`x-image-meta-${name}`, text]);
const beside = fc.tuple(fc.constantFrom('x-glance-api-copy-from', 'x-glance-registry-purge-props', 'Content-Type', 'X-Identity-Status', 'X-Roles'), value).map(([name, text]): Header => [name, text]);
const FORMATS: readonly Header[] = [['x-image-meta-disk_format', 'raw'], ['x-image-meta-container_format', 'bare']];
const headers = fc.tuple(fc.array(fc.oneof({ weight: 4, arbitrary: meta }, { weight: 1, arbitrary: beside }), { maxLength: 3 }), fc.boolean())
  .map(([given, good]): readonly Header[] => [['Content-Type', 'application/octet-stream'], ...(good ? FORMATS : []), ...given].filter(([name], i, all) => all.findLastIndex(([other]) => other.toLowerCase() === name.toLowerCase()) === i) as Header[]);

const DOCUMENTS = ['', '{}', '[]', 'null', '{"member":1}', '{"member":{"can_share":"x"}}', '{"memberships":null}', '{"memberships":[1]}', '{"memberships":[{"member_id":""}]}', '{"memberships":[{"member_id":"p1","can_share":true}]}', '{"member', 'bytes', 'x'.repeat(70_000)];

/** Requests of the Images API v1 with hostile headers, documents and queries. */
export function requestsOfV1({ server, ids }: Places): fc.Arbitrary<HostileRequest> {
  const routes = RESOURCES.flatMap(({ path, methods }) => methods.map((method) => ({ method, path })));
  const image = fc.constantFrom(PROBE, QUEUED, QUEUED, PROBE.toUpperCase(), '00000000-0000-4000-8000-000000000000', 'x', '%00', '%ff', 'detail');
  const query = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: queries });
  return fc.tuple(fc.constantFrom(...routes), image, query, headers, fc.constantFrom(...DOCUMENTS)).chain(([{ method, path }, id, asked, given, text]) => {
    // An upload that fails kills the image that it was for: a refusal that changes something.
    const named = method === 'PUT' && text !== '' && path.endsWith('{image_id}') && id === QUEUED ? PROBE : id;
    const target = `/v1${path.replace('{image_id}', named).replace('{member_id}', 'p1')}${path.includes('{') ? '' : asked}`;
    const body = Buffer.from(method === 'GET' || method === 'HEAD' ? '' : text);
    const sent = body.length === 0 ? fc.constant({ headers: [] as readonly Header[], body }) : framings(body);
    return sent.map(({ headers: framing, ...rest }) => new HostileRequest(server, { method, target, headers: [...given, ...framing], ...rest }, ids));
  });
}
