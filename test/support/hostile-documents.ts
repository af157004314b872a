import fc from 'fast-check';
import { hostileJson, hostileText, WEB_URLS } from './hostile-values.js';

type Fields = readonly (readonly [string, string])[];

const text = (value: unknown): string => JSON.stringify(value);
const object = (fields: Fields): string => `{${fields.map(([name, value]) => `${text(name)}:${value}`).join(',')}}`;
const fieldsOf = (value: object): Fields => Object.entries(value).map(([name, one]) => [name, text(one)]);

/** A good document with one thing wrong: a value, a key, one key too many, one twice or none. */
function spoilt(good: Fields, keys: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const name = good.length > 0 ? fc.constantFrom(...good.map(([name]) => name)) : keys;
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(good) },
    { weight: 4, arbitrary: fc.tuple(name, hostileJson).map(([at, value]) => good.map(([key, old]) => [key, key === at ? value : old] as const)) },
    { weight: 3, arbitrary: fc.tuple(keys, hostileJson).map(([key, value]) => [...good, [key, value] as const]) },
    { weight: 1, arbitrary: fc.tuple(name, hostileJson).map(([at, value]) => [...good, [at, value] as const]) },
    { weight: 1, arbitrary: name.map((at) => good.filter(([key]) => key !== at)) },
  ).map(object);
}

export const IMAGE_KEYS = [
  'id', 'name', 'disk_format', 'container_format', 'visibility', 'protected', 'os_hidden', 'min_disk', 'min_ram', 'owner', 'tags', 'status', 'size', 'virtual_size', 'checksum',
  'os_hash_algo', 'os_hash_value', 'created_at', 'updated_at', 'self', 'file', 'schema', 'direct_url', 'stores', 'location', 'locations', 'deleted', 'deleted_at', 'is_public',
  'image_id', 'extra_properties', 'os_glance_x', 'os_glance_import_task', 'kernel_id', 'ramdisk_id', 'instance_uuid', 'architecture', 'img_signature', 'img_signature_hash_method',
  'img_signature_key_type', 'img_signature_certificate_uuid', 'hw_x', 'trait:HW X', 'a/b', 'a~b',
];
const imageKey = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...IMAGE_KEYS) }, hostileText);

const IMAGE = { name: 'x', disk_format: 'raw', container_format: 'bare', visibility: 'shared', tags: ['a'], min_disk: 1, protected: false, hw_x: '1' };
const NAMESPACE = {
  namespace: 'HOSTILE', display_name: 'd', description: 'd', visibility: 'public', protected: false, owner: 'o',
  resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 'p:' }], properties: { p: { title: 't', type: 'string' } }, objects: [{ name: 'o' }], tags: [{ name: 't' }],
};
const PROPERTY = {
  name: 'p', title: 't', type: 'string', description: 'd', operators: ['<in>'], minimum: 1, maximum: 2, minLength: 1, maxLength: 2, pattern: '^a$', enum: ['a'], readonly: false,
  default: 'a', items: { type: 'string', enum: ['a'] }, minItems: 0, maxItems: 3, uniqueItems: true, additionalItems: false,
};
const METADEF_KEYS = ['self', 'schema', 'created_at', 'updated_at', 'required', 'prefix', 'properties_target', 'name', 'namespace'];
const metadefKey = fc.oneof(fc.constantFrom(...METADEF_KEYS), hostileText);

const HASHES = { os_hash_algo: 'sha512', os_hash_value: 'ab'.repeat(64) };
const location = (origin: string, more: object): fc.Arbitrary<string> =>
  fc.constantFrom(...WEB_URLS(origin)).chain((url) => spoilt(fieldsOf({ url, ...more }), fc.constantFrom('validation_data', 'metadata', 'x')));

const from = (origin: string): fc.Arbitrary<string> => fc.constantFrom(...WEB_URLS(origin));

/** Each method of the import with its input, and where it shall go. */
function importRequests(origin: string): fc.Arbitrary<string> {
  const methods = from(origin).chain((uri) => fc.constantFrom<object>(
    { name: 'web-download', uri }, { name: 'glance-direct' }, { name: 'copy-image' },
    { name: 'glance-download', glance_region: 'r', glance_image_id: '00000000-0000-4000-8000-000000000000', glance_service_interface: 'public' },
  ));
  const method = methods.chain((one) => spoilt(fieldsOf(one), fc.constantFrom('name', 'uri', 'glance_region', 'glance_image_id', 'x')));
  const stores = fc.constantFrom<object>({}, { stores: ['own'] }, { stores: ['cheap', 'web', 'own', 'own'] }, { all_stores: true }, { stores: ['own'], all_stores_must_succeed: false });
  return fc.tuple(method, stores).chain(([text, more]) => spoilt([['method', text], ...fieldsOf(more)], fc.constantFrom('stores', 'all_stores', 'all_stores_must_succeed', 'x')));
}

/** The Tasks API of old. */
function taskRequests(origin: string): fc.Arbitrary<string> {
  const properties = spoilt(fieldsOf({ name: 'x', disk_format: 'raw', container_format: 'bare' }), imageKey);
  const input = fc.tuple(from(origin), properties).chain(([uri, image]) =>
    spoilt([...fieldsOf({ import_from: uri, import_from_format: 'raw' }), ['image_properties', image]], fc.constantFrom('import_from', 'loc', 'x')));
  return input.chain((text) => spoilt([['type', '"import"'], ['input', text]], fc.constantFrom('type', 'owner', 'status', 'result', 'x')));
}

/** Documents for a route; JSON text, not all of it right. */
export function documentsFor(route: string, origin: string): fc.Arbitrary<string> {
  const good: Readonly<Record<string, object>> = {
    'POST /images/{image_id}/members': { member: 'p2' },
    'PUT /images/{image_id}/members/{member_id}': { status: 'accepted' },
    'POST /metadefs/namespaces': NAMESPACE,
    'PUT /metadefs/namespaces/{namespace}': NAMESPACE,
  };
  if (route === 'POST /images') return spoilt(fieldsOf(IMAGE), imageKey);
  if (route.endsWith('/import')) return importRequests(origin);
  if (route === 'POST /tasks') return taskRequests(origin);
  if (route.endsWith('/locations')) return location(origin, { validation_data: HASHES });
  if (route.includes('/properties')) return spoilt(fieldsOf(PROPERTY), metadefKey);
  if (route.includes('/objects')) return spoilt(fieldsOf({ name: 'o', description: 'd', required: ['p'], properties: { p: PROPERTY } }), metadefKey);
  if (route.includes('/tags')) return spoilt(fieldsOf(route.startsWith('PUT') ? { name: 't2' } : { tags: [{ name: 't1' }, { name: 't2' }] }), metadefKey);
  if (route.includes('/resource_types')) return spoilt(fieldsOf({ name: 'OS::Hostile', prefix: 'h_', properties_target: 'image' }), metadefKey);
  return spoilt(fieldsOf(good[route] ?? {}), hostileText);
}

/** Bodies of a PATCH, most of them of the version. */
export function patches(version: '2.0' | '2.1', origin: string): fc.Arbitrary<string> {
  const place = fc.constantFrom('-', '0', '1', '00', '-1', '1e0', '+1', '', '999999999999', '0/url');
  const path = fc.oneof(
    { weight: 6, arbitrary: imageKey.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`) },
    { weight: 2, arbitrary: place.map((at) => `/locations/${at}`) },
    { weight: 1, arbitrary: fc.constant('/locations') },
    { weight: 2, arbitrary: hostileText },
    { weight: 1, arbitrary: hostileText.map((one) => `/${one}/${one}`) },
  ).map(text);
  const value = fc.oneof(hostileJson, location(origin, { metadata: {} }), location(origin, { metadata: {} }).map((one) => `[${one}]`));
  const verb = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('add', 'replace', 'remove') }, fc.constantFrom('test', 'move', 'copy'));
  const good = fc.constantFrom<readonly [string, string, string]>(
    ['add', '"/hw_y"', '"1"'], ['replace', '"/hw_x"', '"2"'], ['remove', '"/hw_x"', '0'], ['replace', '"/name"', '"n"'], ['replace', '"/tags"', '["c"]'], ['remove', '"/locations/1"', '0'],
    ['replace', '"/protected"', 'true'], ['replace', '"/visibility"', '"public"'],
  );
  const step = fc.oneof(good, fc.tuple(verb, path, value));
  const v21 = step.chain(([op, path, value]) => spoilt([['op', text(op)], ['path', path], ['value', value]], hostileText));
  const v20 = step.chain(([op, path, value]) => spoilt([[op, path], ['value', value]], verb));
  const [right, wrong] = version === '2.1' ? [v21, v20] : [v20, v21];
  const one = fc.oneof({ weight: 20, arbitrary: right }, wrong, hostileJson);
  return fc.oneof({ weight: 20, arbitrary: fc.array(one, { maxLength: 3 }).map((steps) => `[${steps.join(',')}]`) }, right, hostileJson);
}

const REPEATS = 60_000;

/** Bytes of a document, some of them no longer one. */
export function spoiltBytes(document: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const bytes = document.map((json) => Buffer.from(json));
  return fc.oneof(
    { weight: 25, arbitrary: bytes },
    { weight: 2, arbitrary: hostileJson.map((json) => Buffer.from(json)) },
    { weight: 1, arbitrary: bytes.map((one) => Buffer.concat([Buffer.from('\ufeff'), one])) },
    { weight: 1, arbitrary: fc.tuple(bytes, fc.nat(40)).map(([one, cut]) => one.subarray(0, Math.max(0, one.length - cut))) },
    { weight: 1, arbitrary: fc.tuple(bytes, fc.nat(200), fc.nat(255)).map(([one, at, byte]) => one.map((old, i) => (i === at % one.length ? byte : old)) as Buffer).map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: fc.tuple(bytes, fc.constantFrom('x', '{}', '\0', ' ', '\xff')).map(([one, more]) => Buffer.concat([one, Buffer.from(more, 'latin1')])) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((one) => Buffer.from(one)) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '\n', '[', '{"a":', '"a",').map((piece) => Buffer.from(piece.repeat(piece.length > 1 || piece === '[' ? REPEATS : 1))) },
  );
}
