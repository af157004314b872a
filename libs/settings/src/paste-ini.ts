import { BadConfigFile } from './settings.errors.js';

export interface PasteEntry {
  readonly value: string;
  readonly line: number;
}

export type PasteSection = ReadonlyMap<string, PasteEntry>;

const FINAL = /^(?:\s*[#;].*|\s*)$/;
const REFERENCE = /%(?:(%)|\(([^)]+)\)s)/g;
const MAX_DEPTH = 10;

/** A file of PasteDeploy, in Python's INI dialect: sections by their names, `pipeline:glance-api`. */
export class PasteIni {
  private readonly sections = new Map<string, Map<string, PasteEntry>>([['DEFAULT', new Map()]]);

  /** `here`: the folder of the file, which values may refer to. */
  constructor(text: string, private readonly file: string, private readonly here: string) {
    let section: Map<string, PasteEntry> | undefined;
    let open: string | undefined;
    for (const [index, line] of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/).entries()) {
      if (FINAL.test(line)) continue;
      if (/^\s/.test(line)) open = this.continued(section, open, line, index + 1);
      else if (line.startsWith('[')) [section, open] = [this.begun(line, index + 1), undefined];
      else open = this.assigned(section, line, index + 1);
    }
  }

  has(section: string): boolean {
    return this.sections.has(section);
  }

  names(): readonly string[] {
    return [...this.sections.keys()];
  }

  /** With what it refers to filled in; empty where there is no such section. */
  section(name: string): PasteSection {
    const own = this.sections.get(name) ?? new Map<string, PasteEntry>();
    return new Map([...own].map(([key, entry]) => [key, { ...entry, value: this.filled(own, entry, 0) }]));
  }

  private begun(line: string, number: number): Map<string, PasteEntry> {
    const name = /^\[([^\]]+)\]\s*$/.exec(line)?.[1]?.trim() ?? this.refuse('a section is written as [kind:name]', number);
    const section = this.sections.get(name) ?? new Map<string, PasteEntry>();
    this.sections.set(name, section);
    return section;
  }

  private assigned(section: Map<string, PasteEntry> | undefined, line: string, number: number): string {
    const [, key, value] = /^([^:=]+?)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) this.refuse('neither a section, a comment nor "option = value"', number);
    if (!section) this.refuse('an option stands before the first section', number);
    section.set(key, { value, line: number });
    return key;
  }

  private continued(section: Map<string, PasteEntry> | undefined, key: string | undefined, line: string, number: number): string {
    const entry = key === undefined ? undefined : section?.get(key);
    if (key === undefined || !entry) this.refuse('an indented line continues a value, but none stands before it', number);
    section?.set(key, { ...entry, value: `${entry.value}\n${line.trim()}` });
    return key;
  }

  private filled(section: PasteSection, { value, line }: PasteEntry, depth: number): string {
    if (depth > MAX_DEPTH) this.refuse('its references lead in a circle', line);
    return value.replace(REFERENCE, (_, percent?: string, name = '') => {
      if (percent !== undefined) return '%';
      if (name === 'here') return this.here;
      if (name === '__file__') return this.file;
      const found = section.get(name) ?? this.sections.get('DEFAULT')?.get(name);
      return found ? this.filled(section, found, depth + 1) : this.refuse(`%(${name})s refers to nothing`, line);
    });
  }

  private refuse(reason: string, line: number): never {
    throw new BadConfigFile(this.file, reason, line);
  }
}
