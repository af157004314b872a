import { LRUCache } from 'lru-cache';
import type { Policy } from '../policy/policy.js';
import type { Principal } from '../principal.js';
import { Matcher } from './pattern/matcher.js';
import { parsePattern } from './pattern/parse-pattern.js';
import { BadPattern } from './pattern/pattern.js';
import { BadPropertyProtections } from './property-protections.errors.js';
import { PROPERTY_OPERATIONS, type PropertyOperation, type PropertyProtections } from './property-protections.js';
import { interpolated, readPythonIni, type IniSection } from './python-ini.js';
import { rightOf, type Right, type RuleFormat } from './rights.js';

export interface ProtectionFile {
  readonly file: string;
  readonly format: RuleFormat;
}

/** Hears of what may not be meant, and stops nothing. */
export type Tell = (text: string) => void;

type Rights = Readonly<Record<PropertyOperation, Right>>;

interface Rule {
  readonly names: Matcher;
  readonly rights: Rights;
}

/** What the server keeps with an image itself; no rule of an operator is about it. */
const INTERNAL = 'os_glance';
/** Characters; no property has a longer name. */
const LONGEST_NAME = 255;
/** Names of which the rule is remembered. */
const REMEMBERED = 4_096;

/** Fails with `BadPropertyProtections`, naming the section and what is wrong with it. */
export function parsePropertyProtections(text: string, { file, format }: ProtectionFile, policy: Policy, tell: Tell = () => undefined): PropertyProtections {
  const { defaults, sections } = readPythonIni(text, file);
  const rules = sections.filter(({ name }) => !name.startsWith(INTERNAL)).map((section): Rule => {
    const values = new Map([...defaults, ...section.values]);
    const right = (operation: PropertyOperation): Right => {
      const value = values.get(operation);
      if (value === undefined) throw refuse(file, section, `'${operation}' is missing; '${operation} = !' lets nobody do it`);
      const about = (reason: string): BadPropertyProtections => refuse(file, section, `'${operation}': ${reason}`);
      try {
        return rightOf(interpolated(value, values), format, policy, (doubt) => tell(about(doubt).message));
      } catch (error) {
        throw about(error instanceof Error ? error.message : String(error));
      }
    };
    return { names: namesOf(file, section), rights: Object.fromEntries(PROPERTY_OPERATIONS.map((one) => [one, right(one)])) as Rights };
  });
  return new FileProtections(rules);
}

const refuse = (file: string, { name, line }: IniSection, reason: string): BadPropertyProtections => new BadPropertyProtections(file, reason, name, line);

function namesOf(file: string, section: IniSection): Matcher {
  try {
    return new Matcher(parsePattern(section.name));
  } catch (error) {
    throw error instanceof BadPattern ? refuse(file, section, `its name is not a regular expression that can be used: ${error.message}`) : error;
  }
}

/** The first section that fits a name decides; what none fits is denied. */
class FileProtections implements PropertyProtections {
  private readonly decided = new LRUCache<string, { readonly rights: Rights | undefined }>({ max: REMEMBERED });

  constructor(private readonly rules: readonly Rule[]) {}

  allows(operation: PropertyOperation, property: string, caller: Principal): boolean {
    if (property.startsWith(INTERNAL)) return true;
    return this.rightsOf(property)?.[operation](caller) ?? false;
  }

  private rightsOf(property: string): Rights | undefined {
    const known = this.decided.get(property);
    if (known) return known.rights;
    if (property.length > LONGEST_NAME && Array.from(property).length > LONGEST_NAME) return undefined;
    const rights = this.rules.find(({ names }) => names.search(property))?.rights;
    this.decided.set(property, { rights });
    return rights;
  }
}
