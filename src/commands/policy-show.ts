import { EffectivePolicy, type DefinedRule } from '#access';
import type { ConfigOptions } from './config-options.js';
import { policyOptions, warn } from './policy-options.js';

export interface ShowOptions {
  readonly rule?: readonly string[];
  readonly defaults?: boolean;
  readonly json?: boolean;
}

/** Prints the rules as a policy file that could be read again, or as JSON. */
export function showPolicy({ rule: names, defaults, json, ...options }: ConfigOptions & ShowOptions): void {
  const asked = policyOptions(options);
  const { rules } = EffectivePolicy.load(defaults ? { legacy: asked.legacy } : asked, warn);
  const all = rules.all();
  const shown = names ? names.map((name) => named(all, name)) : all;
  process.stdout.write(json ? `${JSON.stringify(Object.fromEntries(shown.map(({ name, text, origin }) => [name, { rule: text, source: origin }])), null, 2)}\n` : shown.map(yamlOf).join('\n'));
}

function named(rules: readonly DefinedRule[], name: string): DefinedRule {
  const found = rules.find((rule) => rule.name === name);
  if (!found) throw new Error(`there is no policy rule ${name}`);
  return found;
}

/** JSON's strings are YAML's as well. */
const yamlOf = ({ name, text, origin }: DefinedRule): string => `# ${origin}\n${JSON.stringify(name)}: ${JSON.stringify(text)}\n`;
