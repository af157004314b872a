import { InvalidValue, UnsupportedMediaType } from '../http/api.errors.js';

/** v2.0 refuses to add what exists, v2.1 overwrites it. */
export type PatchVersion = '2.0' | '2.1';

interface At {
  readonly path: readonly [string, ...string[]];
  readonly version: PatchVersion;
}

export type PatchOperation = At & ({ readonly op: 'add' | 'replace'; readonly value: unknown } | { readonly op: 'remove' });

const MEDIA_TYPES: ReadonlyMap<string, PatchVersion> = new Map([
  ['application/openstack-images-v2.0-json-patch', '2.0'],
  ['application/openstack-images-v2.1-json-patch', '2.1'],
]);
const OPS = ['add', 'remove', 'replace'] as const;
type Op = (typeof OPS)[number];

export function patchVersion(contentType: string | undefined): PatchVersion {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() || 'text/plain';
  const version = MEDIA_TYPES.get(mediaType);
  if (!version) throw new UnsupportedMediaType(mediaType, { 'accept-patch': [...MEDIA_TYPES.keys()].join(', ') });
  return version;
}

/** The steps of a PATCH body, in order. Whether a path means something is not looked at, only how deep it is. */
export function parsePatch(version: PatchVersion, body: unknown): PatchOperation[] {
  if (!Array.isArray(body)) throw new InvalidValue('Request body must be a JSON array of operation objects.');
  return body.map((step: unknown) => {
    if (typeof step !== 'object' || step === null || Array.isArray(step)) throw new InvalidValue('Operations must be JSON objects.');
    return operation(version, new Map<string, unknown>(Object.entries(step)));
  });
}

function operation(version: PatchVersion, step: ReadonlyMap<string, unknown>): PatchOperation {
  const [op, pointer] = version === '2.1' ? named(step) : keyed(step);
  const path = segments(pointer);
  if (path.length !== depth(op, path[0])) throw new InvalidValue(`Invalid JSON pointer for this resource: '/${path.join('/')}'`);
  if (op === 'remove') return { op, path, version };
  if (!step.has('value')) throw new InvalidValue(`Operation "${op}" requires a member named "value".`);
  return { op, path, version, value: step.get('value') };
}

/** `{"op": "add", "path": "/x"}` */
function named(step: ReadonlyMap<string, unknown>): [Op, unknown] {
  const given = step.get('op') ?? undefined;
  if (given === undefined) {
    throw new InvalidValue(`Unable to find \`op\` in JSON Schema change. It must be one of the following: ${OPS.join(', ')}.`);
  }
  const op = OPS.find((one) => one === given);
  if (!op) throw new InvalidValue(`Invalid operation: \`${shown(given)}\`. It must be one of the following: ${OPS.join(', ')}.`);
  if (!step.has('path')) throw new InvalidValue("Unable to find 'path' in JSON Schema change");
  return [op, step.get('path')];
}

/** `{"add": "/x"}` */
function keyed(step: ReadonlyMap<string, unknown>): [Op, unknown] {
  const [op, ...more] = OPS.filter((one) => step.has(one));
  if (!op) throw new InvalidValue('Operation objects must contain exactly one member named "add", "remove", or "replace".');
  if (more.length > 0) throw new InvalidValue('Operation objects must contain only one member named "add", "remove", or "replace".');
  return [op, step.get(op)];
}

function depth(op: Op, root: string): number {
  return root === 'locations' && op !== 'replace' ? 2 : 1;
}

function segments(pointer: unknown): [string, ...string[]] {
  if (typeof pointer !== 'string') throw new InvalidValue(`Pointer \`${shown(pointer)}\` is not a string.`);
  const refuse = (why: string) => new InvalidValue(`Pointer \`${pointer}\` ${why}.`);
  if (!pointer.startsWith('/')) throw refuse('does not start with "/"');
  const parts = pointer.slice(1).split('/');
  if (parts.length > 1 && parts.at(-1) === '') throw refuse('end with "/"');
  if (parts.length > 1 && parts.some((part) => part.trim() === '')) throw refuse('contains adjacent "/"');
  if (pointer.trim() === '/') throw refuse('does not contains valid token');
  if (/~(?![01])/.test(pointer)) throw refuse('contains "~" not part of a recognized escape sequence');
  const [root = '', ...rest] = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').trim());
  return [root, ...rest];
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
