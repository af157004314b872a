import { readFileSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import type { Policy } from '../policy/policy.js';
import type { Principal } from '../principal.js';
import { Matcher } from './pattern/matcher.js';
import { parsePattern } from './pattern/parse-pattern.js';
import { BadPattern } from './pattern/pattern.js';
import { BadPropertyProtections } from './property-protections.errors.js';
import { PROPERTY_OPERATIONS, UNPROTECTED, type PropertyOperation, type PropertyProtections } from './property-protections.js';
import { interpolated, readPythonIni, type IniSection } from './python-ini.js';
import { rightOf, type Right, type RuleFormat } from './rights.js';

export interface PropertyProtectionsOptions {
  /** Absent: nothing is protected. */
  readonly file?: string;
  readonly format: RuleFormat;
}

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

/** Reads the file once. Fails with `BadPropertyProtections`, naming the section and what is wrong with it. */
export function openPropertyProtections({ file, format }: PropertyProtectionsOptions, policy: Policy, warn: (text: string) => void = () => undefined): PropertyProtections {
  if (file === undefined) return UNPROTECTED;
  return parsePropertyProtections(contentOf(file), { file, format }, policy, warn);
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadPropertyProtections(file, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function parsePropertyProtections(
  text: string, { file, format }: Required<PropertyProtectionsOptions>, policy: Policy, warn: (text: string) => void = () => undefined,
): PropertyProtections {
  const { defaults, sections } = readPythonIni(text, file);
  const rules = sections.filter(({ name }) => !name.startsWith(INTERNAL)).map((section): Rule => {
    const values = new Map([...defaults, ...section.values]);
    const right = (operation: PropertyOperation): Right => {
      const value = values.get(operation);
      if (value === undefined) throw refuse(file, section, `'${operation}' is missing; '${operation} = !' lets nobody do it`);
      if (value === '') warn(`property protections: ${file}: section [${section.name}]: '${operation}' is empty: nobody may do it`);
      return told(file, section, operation, () => rightOf(interpolated(value, values), format, policy));
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

function told<T>(file: string, section: IniSection, operation: PropertyOperation, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refuse(file, section, `'${operation}': ${error instanceof Error ? error.message : String(error)}`);
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
