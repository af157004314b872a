import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair, type Scalar } from 'yaml';
import type { DefinedRule } from './defined-rule.js';
import { parseListRule, textOfListRule, type ListRule } from './list-rule.js';
import { BadRule, parseRule, type ParsedRule } from './parse-rule.js';
import { BadPolicyFile } from './policy-file.errors.js';

/** References to anchors (`*name`) in one file; rules hardly need one. */
const MAX_ALIASES = 100;

/**
 * The rules of one file in YAML, of which JSON is a part, as oslo.policy takes them: a map of names to rules; nothing at all is no
 * rule. Where a name stands twice the last one counts, and is told. Fails with `BadPolicyFile`.
 */
export function parsePolicyFile(content: string, file: string, tell: (text: string) => void): DefinedRule[] {
  return new PolicyFileReader(content, file, tell).rules();
}

class PolicyFileReader {
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private aliases = 0;

  constructor(private readonly content: string, private readonly file: string, private readonly tell: (text: string) => void) {
    this.document = parseDocument(content, { uniqueKeys: false, lineCounter: this.lines, prettyErrors: false, logLevel: 'error' });
    const [error] = this.document.errors;
    if (error) throw this.refuse(error.pos[0], error.code === 'RESOURCE_EXHAUSTION' ? 'it is nested too deeply' : `it is not YAML: ${error.message}`);
  }

  rules(): DefinedRule[] {
    const { contents } = this.document;
    const nothing = contents === null || (isScalar(contents) && !contents.value) || (isSeq(contents) && contents.items.length === 0);
    if (nothing) return [];
    if (!isMap(contents)) throw this.refuse(offsetOf(contents), 'it must be a map: names of rules, with a rule each');
    const found = new Map<string, DefinedRule>();
    for (const pair of contents.items as Pair[]) {
      const rule = this.rule(pair);
      const earlier = found.get(rule.name);
      if (earlier) this.tell(`policy: the rule ${rule.name} stands twice, at ${earlier.origin} and ${rule.origin}: the later one counts`);
      found.set(rule.name, rule);
    }
    return [...found.values()];
  }

  private rule({ key, value }: Pair): DefinedRule {
    if (!isScalar(key) || typeof key.value !== 'string') throw this.refuse(offsetOf(key), 'the name of a rule must be text');
    const name = key.value;
    const node = this.resolved(value, name);
    const start = offsetOf(node) || offsetOf(key);
    const list = isSeq(node) ? node.items.map((item) => this.group(item, name)) : undefined;
    const text = list ? textOfListRule(list) : this.text(node, name, start);
    const exact = isScalar(node) ? this.textOffset(node, text) : undefined;
    const refusal = (column: number, reason: string) => (exact === undefined
      ? this.refuse(start, list ? reason : `${reason} (character ${column} of its text)`, name)
      : this.refuse(exact + column - 1, reason, name));
    return { name, text, parsed: parsedOr(refusal, () => parse(name, list ?? text)), origin: `${this.file}:${this.lines.linePos(offsetOf(key)).line}`, refusal };
  }

  /** What `and` joins in the older form of rules; a lone check may stand without a list. */
  private group(item: unknown, name: string): string[] {
    const node = this.resolved(item, name);
    const checks = isSeq(node) ? node.items.map((each) => this.resolved(each, name)) : [node];
    return checks.map((check) => {
      const offset = offsetOf(check) || offsetOf(item);
      const text = this.text(check, name, offset);
      parsedOr((_column, reason) => this.refuse(offset, reason, name), () => parse(name, [[text]]));
      return text;
    });
  }

  private text(node: unknown, name: string, offset: number): string {
    if (node === null || node === undefined) return '';
    if (!isScalar(node)) throw this.refuse(offset, 'a rule is text, or a list of lists of checks', name);
    if (node.tag?.startsWith('!')) throw this.refuse(offset, "without quotes YAML takes an exclamation mark for a tag: write '!' in quotes", name);
    if (node.value === null) return '';
    if (typeof node.value !== 'string') throw this.refuse(offset, 'a rule must be text: put it in quotes', name);
    return node.value;
  }

  private resolved(node: unknown, name: string): unknown {
    if (!isAlias(node)) return node;
    this.aliases += 1;
    if (this.aliases > MAX_ALIASES) throw this.refuse(offsetOf(node), `more than ${MAX_ALIASES} references (*)`, name);
    const target = node.resolve(this.document);
    if (!target) throw this.refuse(offsetOf(node), `nothing before it is called &${node.source}`, name);
    return target;
  }

  /** Where the text stands as it is; undefined where it is folded, or written with escapes. */
  private textOffset(node: Scalar, text: string): number | undefined {
    const offset = offsetOf(node) + (node.type?.startsWith('QUOTE') ? 1 : 0);
    return this.content.startsWith(text, offset) ? offset : undefined;
  }

  private refuse(offset: number, reason: string, rule?: string): BadPolicyFile {
    const { line, col } = this.lines.linePos(offset);
    return new BadPolicyFile(this.file, reason, { line, column: col }, rule);
  }
}

const parse = (name: string, rule: string | ListRule): ParsedRule => (typeof rule === 'string' ? parseRule(name, rule) : parseListRule(name, rule));

function parsedOr(refusal: (column: number, reason: string) => Error, parsed: () => ParsedRule): ParsedRule {
  try {
    return parsed();
  } catch (error) {
    throw error instanceof BadRule ? refusal(error.column, error.reason) : error;
  }
}

/** Where a node begins in the text; 0 for none. */
function offsetOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
}
