import type { Option, OptionGroup, OptionName, ValuesOf } from './option.js';
import { groupName } from './oslo-ini.js';
import { redactUrls } from './redact.js';
import { BadSetting } from './settings.errors.js';
import type { Given, Source } from './sources.js';

/** A value with where it comes from; no origin: the default. */
export interface Resolved {
  readonly group: string;
  readonly option: string;
  readonly value: unknown;
  readonly secret: boolean;
  /** The value is a list, of which each item has a line of its own. */
  readonly multi: boolean;
  readonly origin?: string;
}

const REFERENCE = /\$(?:(\$)|([a-z_][a-z0-9_.]*)|\{([a-z_][a-z0-9_.]*)\})/gi;
const MAX_DEPTH = 16;

/** Looks an option up in all sources, strongest first, substitutes, and converts it to its type. */
export class Resolver {
  readonly resolved: Resolved[] = [];

  /** `groups` knows the options' defaults; `sources` come strongest first, `defaults` replace those of the options. */
  constructor(
    private readonly groups: Readonly<Record<string, OptionGroup>>,
    private readonly sources: readonly Source[],
    private readonly defaults: Source,
  ) {}

  given(group: string, option: string): Given | undefined {
    const names = this.namesOf({ group, option });
    return this.sources.map((source) => source.find(names)).find((found) => found !== undefined);
  }

  values<G extends OptionGroup>(group: string, options: G): ValuesOf<G> {
    const entries = Object.entries(options).map(([name, option]) => [name, this.value({ group, option: name }, option)]);
    return Object.fromEntries(entries) as ValuesOf<G>;
  }

  private value(name: OptionName, option: Option<unknown>): unknown {
    const given = this.given(name.group, name.option);
    const raw = given?.values ?? this.defaultOf(name, option);
    const wanted = option.multi ? raw : raw.slice(-1);
    const values = wanted.map((text) => this.convert(name, option, this.substitute(name, text, 0)));
    const value = option.multi ? values : values[0];
    this.resolved.push({ ...name, value, secret: option.secret, multi: option.multi, origin: given?.origin });
    return value;
  }

  private convert(name: OptionName, option: Option<unknown>, text: string): unknown {
    const result = option.type.safeParse(text);
    if (result.success) return result.data;
    const reasons = result.error.issues.map((issue) => issue.message).join('; ');
    throw new BadSetting(name.group, name.option, option.secret ? '***' : redactUrls(text), reasons);
  }

  private substitute(name: OptionName, text: string, depth: number): string {
    if (depth > MAX_DEPTH) throw new BadSetting(name.group, name.option, redactUrls(text), 'its references lead in a circle');
    return text.replaceAll('\\$', '$$$$').replace(REFERENCE, (_, dollar?: string, bare?: string, braced?: string) =>
      dollar ?? this.referred(name, bare ?? braced ?? '', depth),
    );
  }

  private referred(from: OptionName, reference: string, depth: number): string {
    for (const target of candidates(from, reference)) {
      const option = this.groups[target.group]?.[target.option];
      const text = (this.given(target.group, target.option)?.values ?? this.defaultOf(target, option)).at(-1);
      if (text !== undefined) return this.substitute(target, text, depth + 1);
      if (option) return '';
    }
    throw new BadSetting(from.group, from.option, `$${reference}`, 'refers to an option that is not set (a dollar sign itself is written $$)');
  }

  private defaultOf(name: OptionName, option: Option<unknown> | undefined): readonly string[] {
    const own = option?.default === undefined ? [] : [option.default];
    return this.defaults.find([name])?.values ?? own;
  }

  private namesOf(name: OptionName): readonly OptionName[] {
    return [name, ...(this.groups[name.group]?.[name.option]?.formerly ?? [])];
  }
}

function candidates(from: OptionName, reference: string): readonly OptionName[] {
  const dot = reference.indexOf('.');
  if (dot < 0) return [{ group: from.group, option: reference }, { group: 'DEFAULT', option: reference }];
  return [{ group: groupName(reference.slice(0, dot)), option: reference.slice(dot + 1) }];
}
