import type { PolicyCredentials } from './credentials.js';
import type { PolicyTarget } from './policy.js';
import { pythonText } from './python-text.js';

/** Looks up another rule while one is asked; answers whether it lets the caller pass. */
export type AskRule = (name: string) => boolean;

/** One rule, ready to be asked. */
export type Check = (caller: PolicyCredentials, target: PolicyTarget, ask: AskRule) => boolean;

export const always: Check = () => true;
export const never: Check = () => false;
export const not = (check: Check): Check => (caller, target, ask) => !check(caller, target, ask);
export const any = (checks: readonly Check[]): Check => (caller, target, ask) => checks.some((check) => check(caller, target, ask));
export const all = (checks: readonly Check[]): Check => (caller, target, ask) => checks.every((check) => check(caller, target, ask));

/** `kind:match`, as oslo.policy reads it: `match` may hold fields of the target, `%(owner)s`. */
export function single(kind: string, match: string): Check {
  if (kind === 'rule') return (_caller, _target, ask) => ask(match);
  const expand = template(match);
  if (kind === 'role') return (caller, target) => hasRole(caller, expand(target));
  const literal = literalOf(kind);
  if (literal !== undefined) return (_caller, target) => expand(target) === literal;
  const path = kind.split('.');
  if (kind === 'roles' || kind === 'service_roles') return (caller, target) => holds(caller, path, expand(target)?.toLowerCase());
  return (caller, target) => holds(caller, path, expand(target));
}

function hasRole({ roles }: PolicyCredentials, wanted: string | undefined): boolean {
  return wanted !== undefined && Array.isArray(roles) && roles.includes(wanted.toLowerCase());
}

/** undefined where the target has no such field: then nothing matches. */
function template(match: string): (target: PolicyTarget) => string | undefined {
  const parts = match.split(/%\(([^()]{0,255})\)s/).map((part, i) => (i % 2 === 1 ? part : part.replaceAll('%%', '%')));
  const [only = ''] = parts;
  if (parts.length === 1) return () => only;
  return (target) => {
    let text = '';
    for (const [i, part] of parts.entries()) {
      if (i % 2 === 1 && (!Object.hasOwn(target, part) || target[part] === undefined)) return undefined;
      text += i % 2 === 1 ? pythonText(target[part]) : part;
    }
    return text;
  };
}

function holds(value: unknown, path: readonly string[], wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  const [key, ...rest] = path;
  if (key === undefined) return pythonText(value) === wanted;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
  const below = (value as Readonly<Record<string, unknown>>)[key];
  return Array.isArray(below) ? below.some((one) => holds(one, rest, wanted)) : holds(below, rest, wanted);
}

/** `'public'`, `None`, `True`, `42`: not the name of a credential. */
function literalOf(kind: string): string | undefined {
  const quoted = /^(['"])(.*)\1$/.exec(kind);
  if (quoted) return quoted[2];
  return /^(?:None|True|False|-?\d+(?:\.\d+)?)$/.test(kind) ? kind : undefined;
}
