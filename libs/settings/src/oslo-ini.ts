import { BadConfigFile } from './settings.errors.js';

export interface IniEntry {
  /** As `DEFAULT`, or in lower case: oslo.config compares group names without case. */
  readonly group: string;
  /** With `_` where the file may have `-`. */
  readonly option: string;
  /** Continuation lines are joined by `\n`; substitution has not happened yet. */
  readonly value: string;
  readonly line: number;
}

interface OpenEntry extends Omit<IniEntry, 'value'> {
  readonly lines: string[];
}

export const groupName = (name: string): string => (name.toUpperCase() === 'DEFAULT' ? 'DEFAULT' : name.toLowerCase());

function unquoted(value: string): string {
  const first = value[0];
  const quoted = value.length > 1 && (first === '"' || first === "'") && value.endsWith(first);
  return quoted ? value.slice(1, -1) : value;
}

/** Reads the INI dialect of oslo.config; entries come in the order of the file, repeated keys included. */
class IniReader {
  private readonly entries: IniEntry[] = [];
  private group = 'DEFAULT';
  private open: OpenEntry | undefined;

  constructor(private readonly file: string) {}

  read(text: string): IniEntry[] {
    for (const [index, line] of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/).entries()) this.readLine(line.trimEnd(), index + 1);
    this.close();
    return this.entries;
  }

  private readLine(line: string, number: number): void {
    if (line !== '' && (line.startsWith(' ') || line.startsWith('\t'))) return this.continueValue(line, number);
    this.close();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    if (line.startsWith('[')) this.group = this.sectionName(line, number);
    else this.open = this.assignment(line, number);
  }

  private continueValue(line: string, number: number): void {
    if (!this.open) this.refuse('an indented line continues a value, but none stands before it', number);
    this.open.lines.push(line.trimStart());
  }

  private sectionName(line: string, number: number): string {
    const name = line.slice(1, -1).trim();
    if (!line.endsWith(']') || name === '') this.refuse('a section is written as [name]', number);
    return groupName(name);
  }

  private assignment(line: string, number: number): OpenEntry {
    const separator = line.search(/[:=]/);
    if (separator < 0) this.refuse('neither a section, a comment nor "option = value"', number);
    const option = line.slice(0, separator).trim().replaceAll('-', '_');
    if (option === '') this.refuse('the name of the option is missing', number);
    return { group: this.group, option, line: number, lines: [unquoted(line.slice(separator + 1).trim())] };
  }

  private close(): void {
    if (!this.open) return;
    const { lines, ...entry } = this.open;
    this.entries.push({ ...entry, value: lines.join('\n') });
    this.open = undefined;
  }

  private refuse(reason: string, line: number): never {
    throw new BadConfigFile(this.file, reason, line);
  }
}

export const parseIni = (text: string, file: string): IniEntry[] => new IniReader(file).read(text);
