import { redactUrls } from './redact.js';
import type { Resolved } from './resolver.js';

/** As it could stand in a file. */
function iniText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return value.map(String).join(',');
  if (value instanceof Map) return [...value].map(([key, item]) => `${String(key)}:${String(item)}`).join(',');
  const text = typeof value === 'string' || typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.replaceAll('$', '$$$$').replaceAll('\n', '\n  ');
}

function optionLines({ option, value, secret, multi, origin }: Resolved): string[] {
  const values = multi && Array.isArray(value) ? value : [value];
  if (values.length === 0 || value === undefined) return [`# ${option} is not set`];
  const lines = values.map((each) => `${option} = ${secret ? '***' : redactUrls(iniText(each))}`.trimEnd());
  return origin === undefined ? lines : [`# from ${origin}`, ...lines];
}

const byGroup = (resolved: readonly Resolved[]) => [...Map.groupBy(resolved, ({ group }) => group)];

/** The effective values as an INI file; above each that is not a default, where it comes from. Secrets are hidden. */
export function settingsAsIni(resolved: readonly Resolved[]): string {
  return byGroup(resolved).map(([group, options]) => `[${group}]\n${options.flatMap(optionLines).join('\n')}\n`).join('\n');
}

function safeValue(each: Resolved): unknown {
  if (each.value === undefined) return null;
  if (each.secret) return '***';
  if (each.value instanceof Map) return Object.fromEntries(each.value);
  // JSON has no larger numbers.
  if (typeof each.value === 'bigint') return each.value <= Number.MAX_SAFE_INTEGER ? Number(each.value) : String(each.value);
  if (Array.isArray(each.value)) return each.value.map((item) => redactUrls(String(item)));
  return typeof each.value === 'string' ? redactUrls(each.value) : each.value;
}

/** The same as `{ group: { option: { value, source } } }`. */
export function settingsAsJson(resolved: readonly Resolved[]): string {
  const groups = byGroup(resolved).map(([group, options]) => {
    const entries = options.map((each) => [each.option, { value: safeValue(each), source: each.origin ?? 'default' }]);
    return [group, Object.fromEntries(entries)];
  });
  return `${JSON.stringify(Object.fromEntries(groups), null, 2)}\n`;
}
