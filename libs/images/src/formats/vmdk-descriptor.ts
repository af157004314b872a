import type { FailedCheck } from './found-format.js';

const CREATE_TYPE = 'createtype';
const ACCESS = ['rw', 'rdonly', 'noaccess'];

/** The text up to its first NUL. Latin-1: only its structure is read, names may be in any encoding. */
export function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
}

/** The create type, in lower case; undefined where there is none. */
export function createTypeOf(text: string): string | undefined {
  return /createtype="([^"\n]{0,64})"/.exec(text.toLowerCase())?.[1];
}

/** What QEMU takes for a descriptor: comments and blank lines, then a version. */
export function isProbedDescriptor(head: string): boolean {
  return /^(?:#[^\n]*\n| *\r?\n)*version=[123]\r?\n/.test(head);
}

/**
 * What is wrong with the descriptor of a VMDK that is one sparse file. Strict, for others read it otherwise than its
 * specification says: QEMU takes the first match of a key anywhere in the text, even in a comment.
 */
export function faultsOf(text: string, allowedTypes: readonly string[]): FailedCheck[] {
  const lower = text.toLowerCase();
  const lines = lower.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const faults = [...keyFaults(lower, lines, allowedTypes), ...extentFaults(lines)];
  if (lower.includes('parentfilenamehint')) faults.push({ name: 'backing_file', reason: 'its descriptor names a parent file' });
  if (!lines.every(isUnderstood)) faults.push({ name: 'descriptor', reason: 'its descriptor has lines that are not understood' });
  return faults;
}

function keyFaults(lower: string, lines: readonly string[], allowed: readonly string[]): FailedCheck[] {
  if (lower.split(CREATE_TYPE).length > 2) return [{ name: 'create_type', reason: 'its descriptor names several create types' }];
  return typeFaults(createTypeOf(lines.find((line) => line.startsWith(CREATE_TYPE)) ?? ''), allowed);
}

export function typeFaults(type: string | undefined, allowed: readonly string[]): FailedCheck[] {
  if (allowed.some((one) => one.toLowerCase() === type)) return [];
  const reason = type === undefined ? 'its descriptor names no create type' : `its create type ${printable(type)} is not among vmdk_allowed_types`;
  return [{ name: 'create_type', reason }];
}

/** A single file has one extent: itself. */
function extentFaults(lines: readonly string[]): FailedCheck[] {
  const extents = lines.filter(isExtent);
  const [extent = ''] = extents;
  if (extents.length !== 1) return [{ name: 'extents', reason: `its descriptor names ${extents.length} extents, where one file has one` }];
  if (extent.split(/\s+/)[2] !== 'sparse') return [{ name: 'extents', reason: 'its extent is not sparse: its data is in another file' }];
  if (/[/\\]/.test(extent)) return [{ name: 'extents', reason: 'its extent names a path' }];
  return [];
}

const isExtent = (line: string): boolean => ACCESS.includes(line.split(/\s/, 1)[0] ?? '');

const isUnderstood = (line: string): boolean => isExtent(line) || line.startsWith('ddb') || /^[^\s=]+\s*=/.test(line);

const printable = (type: string): string => type.replaceAll(/[^\x20-\x7e]/g, '?');
