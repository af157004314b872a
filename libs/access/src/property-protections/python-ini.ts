import { BadPropertyProtections } from './property-protections.errors.js';

/** The part of a file under one header; the values are as they stand, with nothing put in yet. */
export interface IniSection {
  readonly name: string;
  readonly line: number;
  readonly values: ReadonlyMap<string, string>;
}

export interface PythonIni {
  /** Of `[DEFAULT]`: what the sections do not say themselves. */
  readonly defaults: ReadonlyMap<string, string>;
  /** In the order of the file. */
  readonly sections: readonly IniSection[];
}

interface Open extends Omit<IniSection, 'values'> {
  readonly lines: Map<string, string[]>;
}

/**
 * Reads INI as Python's ConfigParser does with its defaults, which is not the INI of oslo.config: option names without
 * case, comments of whole lines only, sections and options at most once, and headers that may hold brackets.
 */
export const readPythonIni = (text: string, file: string): PythonIni => new Reader(file).read(text);

class Reader {
  private readonly defaults: Open = { name: 'DEFAULT', line: 0, lines: new Map() };
  private readonly sections = new Map<string, Open>();
  private section: Open | undefined;
  private value: string[] | undefined;
  private indent = 0;

  constructor(private readonly file: string) {}

  read(text: string): PythonIni {
    for (const [index, line] of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/).entries()) this.line(line, index + 1);
    return { defaults: valuesOf(this.defaults), sections: Array.from(this.sections.values(), (one) => ({ name: one.name, line: one.line, values: valuesOf(one) })) };
  }

  private line(line: string, number: number): void {
    const content = line.trim();
    if (/^[#;]/.test(content)) return;
    if (content === '') return void this.value?.push('');
    const indent = line.search(/\S/);
    if (this.value && indent > this.indent) return void this.value.push(content);
    this.indent = indent;
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header === undefined) this.option(content, number);
    else this.open(header, number);
  }

  private open(name: string, line: number): void {
    const before = this.sections.get(name);
    if (before) throw this.refuse(`it stands in line ${before.line} already`, line, name);
    this.section = name === 'DEFAULT' ? this.defaults : { name, line, lines: new Map() };
    if (name !== 'DEFAULT') this.sections.set(name, this.section);
    this.value = undefined;
  }

  private option(content: string, number: number): void {
    if (!this.section) throw this.refuse('an option stands before the first section', number);
    const { name: section, lines } = this.section;
    const [, option = '', value = ''] = /^(.*?)\s*[=:]\s*(.*)$/.exec(content) ?? [];
    if (option === '') throw this.refuse('this is neither a section, a comment nor "operation = who"', number, section);
    const key = option.toLowerCase();
    if (lines.has(key)) throw this.refuse(`'${key}' is said twice`, number, section);
    this.value = [value];
    lines.set(key, this.value);
  }

  private refuse(reason: string, line: number, section?: string): BadPropertyProtections {
    return new BadPropertyProtections(this.file, reason, section, line);
  }
}

const valuesOf = ({ lines }: Open): Map<string, string> => new Map(Array.from(lines, ([key, parts]) => [key, parts.join('\n').trimEnd()]));

/** As deep as Python goes. */
const MAX_DEPTH = 10;

/** A value with `%(other)s` and `%%` put in; fails with the reason in words. */
export function interpolated(value: string, values: ReadonlyMap<string, string>, depth = 1): string {
  if (depth > MAX_DEPTH) throw new Error(`values name each other more than ${MAX_DEPTH} deep`);
  return value.replace(/%(?:%|\(([^)]+)\)s|)/g, (found, name: string | undefined) => {
    if (found === '%%') return '%';
    if (name === undefined) throw new Error("'%' must be followed by '%' or '(name)s'");
    const other = values.get(name.toLowerCase());
    if (other === undefined) throw new Error(`'%(${name})s' names an option that is not there`);
    return interpolated(other, values, depth + 1);
  });
}
